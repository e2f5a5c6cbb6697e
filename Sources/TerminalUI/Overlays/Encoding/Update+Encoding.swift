import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func openEncoding() -> [Effect] {
        guard let path = send.browser.selectedFile else { return [] }
        var encoding = EncodingModel(path: path, chosen: send.reading(of: path).encoding ?? send.guessedEncoding)
        encoding.cursor.keepVisible(count: encoding.choices.count, page: EncodingLayout(size).page)
        overlays.append(.encoding(encoding))
        return sample(encoding)
    }

    mutating func press(_ key: Key, _ encoding: EncodingModel) -> [Effect] {
        var encoding = encoding
        let page = EncodingLayout(size).page
        let count = encoding.choices.count
        switch key {
        case .escape:
            overlays.removeLast()
            return []
        case .enter: return use(encoding)
        case .up, .control("p"): encoding.cursor.move(by: -1, count: count, page: page)
        case .down, .control("n"): encoding.cursor.move(by: 1, count: count, page: page)
        case .pageUp: encoding.cursor.move(by: -page, count: count, page: page)
        case .pageDown: encoding.cursor.move(by: page, count: count, page: page)
        default:
            let before = encoding.field.text
            guard encoding.field.handle(key) else { return [] }
            if encoding.field.text != before { encoding.cursor = ListCursor() }
        }
        replaceOverlay(.encoding(encoding))
        return sample(encoding)
    }

    mutating func click(_ row: Int, _ encoding: EncodingModel) -> [Effect] {
        var encoding = encoding
        if encoding.cursor.row == row { return use(encoding) }
        encoding.cursor.row = row
        replaceOverlay(.encoding(encoding))
        return sample(encoding)
    }

    /// Asks what the file reads like in the selected encoding, unless that is known.
    private func sample(_ encoding: EncodingModel) -> [Effect] {
        guard let selected = encoding.selected, encoding.samples[selected.name ?? ""] == nil else { return [] }
        return [.sampleEncoding(encoding.path, selected.name, send.reading(of: encoding.path))]
    }

    mutating func takeSample(_ path: String, _ name: String?, _ answer: Answer<EncodingSample>) -> [Effect] {
        guard case .encoding(var encoding) = overlays.last, encoding.path == path else { return [] }
        encoding.samples[name ?? ""] = answer
        replaceOverlay(.encoding(encoding))
        return []
    }

    private mutating func use(_ encoding: EncodingModel) -> [Effect] {
        guard let selected = encoding.selected else { return [] }
        overlays.removeLast()
        var reading = send.reading(of: encoding.path)
        guard reading.encoding != selected.name else { return [] }
        reading.encoding = selected.name
        // Titles that were chosen may have been misread.
        if reading.columns != nil { reading.columns = nil }
        send.readings[encoding.path] = reading
        toast(.info, "Read as \(selected.name == nil ? "UTF-8 (automatic)" : selected.label)")
        return readAgain(encoding.path)
    }
}

extension SendModel {
    /// What the beginning of the shown file looks like, if it isn't UTF-8.
    fileprivate var guessedEncoding: String? {
        let notices = dryRun?.report.notices ?? []
        guard let example = (notices[.notText] ?? previewed?.notices[.notText])?.example else { return nil }
        return EncodingGuess.allCases.first { example.contains($0.rawValue) }?.rawValue
    }

    var previewed: FilePreview? {
        if case .loaded(_, let preview) = preview { return preview }
        return nil
    }
}
