import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func openEncoding(thenMaps: Bool = false) -> [Effect] {
        guard let path = send.browser.selectedFile else { return [] }
        var encoding = EncodingModel(path: path, chosen: send.reading(of: path).encoding ?? send.guessedEncoding)
        encoding.thenMaps = thenMaps
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

    mutating func takeSample(_ path: String, _ name: String?, _ answer: DeliveryResult<EncodingSample>) -> [Effect] {
        guard case .encoding(var encoding) = overlays.last, encoding.path == path else { return [] }
        encoding.samples[name ?? ""] = answer
        replaceOverlay(.encoding(encoding))
        return []
    }

    private mutating func use(_ encoding: EncodingModel) -> [Effect] {
        guard let selected = encoding.selected else { return [] }
        overlays.removeLast()
        let path = encoding.path
        send.decidedEncodings.insert(path)
        var reading = send.reading(of: path)
        guard reading.encoding != selected.name else {
            if encoding.thenMaps, case .unmapped(path, let source) = send.preview { return openMapping(path, source) }
            return []
        }
        if encoding.thenMaps { send.wantsMapping = path }
        reading.encoding = selected.name
        reading.isRemembered = false
        // Titles read differently now; their places are the same.
        reading.columns = nil
        send.readings[path] = reading
        toast(.info, "Read as \(selected.name == nil ? "UTF-8 (automatic)" : selected.label)")
        let kept = rememberEncoding(path, reading)
        return kept + readAgain(path)
    }

    /// Keeps it for files with this header, together with the columns that are mapped.
    private mutating func rememberEncoding(_ path: String, _ reading: FileReading) -> [Effect] {
        guard let (bytes, header) = send.shownHeader, !bytes.isEmpty else { return [] }
        let chosen = reading.places ?? preferences.kept(bytes: bytes)?.chosen
        preferences.remember(KeptMapping(header: header, chosen: chosen, bytes: bytes, encoding: reading.encoding))
        return [.savePreferences(preferences)]
    }
}

extension SendModel {
    /// What the beginning of the shown file looks like, if it isn't UTF-8.
    var guessedEncoding: String? {
        if case .unmapped(_, let source) = preview { return source.guess?.rawValue }
        let notices = dryRun?.report.notices ?? []
        return EncodingGuess(notices[.notText] ?? previewed?.notices[.notText])?.rawValue
    }

    /// Of the shown file, by its bytes and as it was read; empty where there is none.
    fileprivate var shownHeader: (bytes: String, header: String)? {
        switch preview {
        case .unmapped(_, let source): (source.bytes, source.header)
        case .loaded(_, let preview): (preview.header, "")
        case .none, .loading, .failed: nil
        }
    }

    var previewed: FilePreview? {
        if case .loaded(_, let preview) = preview { return preview }
        return nil
    }
}

extension EncodingGuess {
    /// What a reader's notice says of bytes that are not UTF-8.
    init?(_ notice: Notice?) {
        guard let words = notice?.example?.lowercased(),
            let guess = Self.allCases.first(where: {
                words.contains($0.label.lowercased()) || words.contains($0.rawValue)
            })
        else { return nil }
        self = guess
    }
}
