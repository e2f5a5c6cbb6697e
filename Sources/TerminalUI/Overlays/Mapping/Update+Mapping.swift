import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// Opens the dialog with what is known of the columns.
    mutating func openMapping(_ path: String, _ source: SourceColumns) -> [Effect] {
        var chosen = send.reading(of: path).places ?? preferences.kept(for: source)?.chosen ?? source.suggestion
        chosen = chosen.filter { source.column(number: $0.value) != nil }
        var mapping = MappingModel(path: path, source: source, chosen: chosen)
        point(&mapping)
        overlays.append(.mapping(mapping))
        return count(mapping)
    }

    mutating func press(_ key: Key, _ mapping: MappingModel) -> [Effect] {
        var mapping = mapping
        let count = mapping.source.columns.count
        let page = MappingLayout(size, columns: count).page
        let wasAsked = mapping.asksToDiscard
        mapping.asksToDiscard = false
        mapping.clicked = nil
        switch key {
        case .escape:
            guard wasAsked || mapping.chosen == mapping.original else {
                mapping.asksToDiscard = true
                break
            }
            overlays.removeLast()
            return [.cancelMappingCount]
        case .character("?"), .function(1):
            replaceOverlay(.mapping(mapping))
            overlays.append(.help(HelpModel()))
            return []
        case .tab, .right, .character("l"): return focus(mapping, by: 1)
        case .backTab, .left, .character("h"): return focus(mapping, by: -1)
        case .up, .character("k"):
            if mapping.focus == nil { return focus(mapping, by: -1) }
            mapping.cursor.move(by: -1, count: count, page: page)
        case .down, .character("j"): mapping.cursor.move(by: 1, count: count, page: page)
        case .pageUp: mapping.cursor.move(by: -page, count: count, page: page)
        case .pageDown: mapping.cursor.move(by: page, count: count, page: page)
        case .home, .character("g"): mapping.cursor.moveTo(0, count: count, page: page)
        case .end, .character("G"): mapping.cursor.moveTo(count - 1, count: count, page: page)
        case .backspace, .delete:
            guard let field = mapping.focus else { break }
            mapping.chosen[field] = nil
            return changed(mapping)
        case .enter, .character(" "):
            guard let field = mapping.focus else { return use(mapping) }
            guard mapping.source.columns.indices.contains(mapping.cursor.row) else { break }
            mapping.choose(mapping.source.columns[mapping.cursor.row].number, for: field)
            // The next one that has no column, and the button when all have one.
            mapping.focus = mapping.missing.first
            point(&mapping)
            return changed(mapping)
        default: break
        }
        replaceOverlay(.mapping(mapping))
        return []
    }

    mutating func click(_ row: Int, _ mapping: MappingModel) -> [Effect] {
        var mapping = mapping
        switch row {
        case MappingLayout.useButton: return use(mapping)
        case MappingLayout.cancelButton: return press(.escape, mapping)
        case MappingLayout.firstColumn...: return choose(row - MappingLayout.firstColumn, mapping)
        default:
            guard KnownColumn.allCases.indices.contains(row) else { return [] }
            mapping.clicked = nil
            mapping.asksToDiscard = false
            mapping.focus = KnownColumn.allCases[row]
            point(&mapping)
            replaceOverlay(.mapping(mapping))
            return []
        }
    }

    /// A click on a column: it is chosen for the field that has the focus, and for no other.
    private mutating func choose(_ row: Int, _ mapping: MappingModel) -> [Effect] {
        var mapping = mapping
        guard mapping.source.columns.indices.contains(row), mapping.clicked != row else { return [] }
        mapping.cursor.row = row
        guard mapping.focus != nil else {
            // All have a column: the click says which of them is meant.
            mapping.focus = mapping.field(of: mapping.source.columns[row].number)
            replaceOverlay(.mapping(mapping))
            return []
        }
        let effects = press(.enter, mapping)
        guard case .mapping(var changed) = overlays.last else { return effects }
        changed.clicked = row
        replaceOverlay(.mapping(changed))
        return effects
    }

    private mutating func focus(_ mapping: MappingModel, by step: Int) -> [Effect] {
        var mapping = mapping
        mapping.asksToDiscard = false
        mapping.clicked = nil
        let places = KnownColumn.allCases.map(Optional.some) + [nil]
        let place = places.firstIndex(of: mapping.focus) ?? 0
        mapping.focus = places[(place + step + places.count) % places.count]
        point(&mapping)
        replaceOverlay(.mapping(mapping))
        return []
    }

    /// Puts the cursor on the column of the field; of a field without one, on the one that fits best.
    private func point(_ mapping: inout MappingModel) {
        guard let field = mapping.focus else { return }
        let columns = mapping.source.columns
        let number = mapping.chosen[field] ?? mapping.bestColumn(for: field, rules: rules(of: mapping.path)) ?? 1
        mapping.cursor.moveTo(
            number - 1, count: columns.count, page: MappingLayout(size, columns: columns.count).page)
    }

    private mutating func changed(_ mapping: MappingModel) -> [Effect] {
        var mapping = mapping
        mapping.report = nil
        mapping.problem = nil
        replaceOverlay(.mapping(mapping))
        return count(mapping)
    }

    private func count(_ mapping: MappingModel) -> [Effect] {
        guard let columns = mapping.mapping else { return [.cancelMappingCount] }
        return [.countMapping(mapping.path, reading(mapping, columns))]
    }

    private func reading(_ mapping: MappingModel, _ columns: ColumnMapping) -> FileReading {
        var reading = send.reading(of: mapping.path)
        reading.columns = columns
        reading.places = mapping.chosen
        reading.isRemembered = false
        return reading
    }

    mutating func takeMappingCount(_ path: String, _ reading: FileReading, _ answer: DeliveryResult<DryRunReport>)
        -> [Effect]
    {
        // Help may cover it.
        let index = overlays.lastIndex { if case .mapping = $0 { true } else { false } }
        guard let index, case .mapping(var mapping) = overlays[index], mapping.path == path,
            mapping.mapping.map({ self.reading(mapping, $0) }) == reading
        else { return [] }
        switch answer {
        case .success(let report): mapping.report = report
        case .failure(let error): mapping.problem = error.message
        }
        overlays[index] = .mapping(mapping)
        return []
    }

    private mutating func use(_ mapping: MappingModel) -> [Effect] {
        guard let columns = mapping.mapping else {
            var mapping = mapping
            mapping.focus = mapping.missing.first
            point(&mapping)
            replaceOverlay(.mapping(mapping))
            return []
        }
        guard mapping.problem == nil else { return [] }
        overlays.removeLast()
        send.readings[mapping.path] = reading(mapping, columns)
        var effects: [Effect] = [.cancelMappingCount]
        // What would tell a header from a record of a customer is not kept of a file without one.
        // Nor is a choice that lets no record pass.
        if !mapping.source.beginsWithRecord(mapping.chosen), mapping.report?.isUseless != true {
            preferences.remember(
                KeptMapping(
                    mapping.source, chosen: mapping.chosen, encoding: send.reading(of: mapping.path).encoding))
            effects.append(.savePreferences(preferences))
        }
        if let warning = mapping.report?.rejectionWarning {
            toast(.warning, "Columns mapped. " + warning)
        } else {
            toast(.good, "Columns mapped. Press s to send the file")
        }
        return effects + readAgain(mapping.path)
    }

    /// A header that isn't understood: the columns are those that were chosen for such a file before, or are asked for.
    mutating func takeUnmapped(_ path: String, _ source: SourceColumns) -> [Effect] {
        guard send.preview.path == path else { return [] }
        var reading = send.reading(of: path)
        if reading.columns == nil, let kept = preferences.kept(for: source) {
            let chosen = kept.chosen.flatMap { source.holds($0) ? $0 : nil }
            reading.isRemembered = true
            if let encoding = encodingOfLastTime(kept, path, isText: source.isText) {
                reading.encoding = encoding
                reading.places = chosen
                send.readings[path] = reading
                return readAgain(path)
            }
            if let chosen {
                reading.columns = source.mapping(chosen)
                reading.places = chosen
                send.readings[path] = reading
                return readAgain(path)
            }
        }
        reading.columns = nil
        reading.places = nil
        send.readings[path] = reading
        send.preview = .unmapped(path: path, source)
        send.dryRun = nil
        let isAsked = send.wantsMapping == path
        send.wantsMapping = nil
        if let question = openStartQuestion(about: path) {
            overlays.remove(at: question.index)
            toast(.warning, "Map the columns of \(Self.name(of: path)) first (m)")
            return [.cancelDryRun]
        }
        guard isAsked, overlays.isEmpty, screen == .send else { return [.cancelDryRun] }
        return [.cancelDryRun] + askColumns(path, source)
    }

    /// The encoding that was chosen for files with this header. It is taken only for a file that is not UTF-8: others
    /// would be misread.
    private func encodingOfLastTime(_ kept: KeptMapping, _ path: String, isText: Bool) -> String? {
        guard !isText, send.reading(of: path).encoding == nil, !send.decidedEncodings.contains(path) else { return nil }
        return kept.encoding
    }

    /// Reads a file in the encoding of last time, where its header is understood but its text isn't UTF-8.
    mutating func readAsLastTime(_ path: String, _ preview: FilePreview) -> [Effect]? {
        guard let kept = preferences.kept(bytes: preview.header), preview.encoding == nil,
            let encoding = encodingOfLastTime(kept, path, isText: preview.notices[.notText] == nil)
        else { return nil }
        var reading = send.reading(of: path)
        reading.encoding = encoding
        reading.columns = nil
        reading.isRemembered = true
        send.readings[path] = reading
        return readAgain(path)
    }

    /// The columns stay those of the same places when a file is read in another encoding.
    mutating func takeTitles(_ path: String, _ reading: FileReading, _ answer: DeliveryResult<SourceColumns>)
        -> [Effect]
    {
        guard send.reading(of: path) == reading, let places = reading.places, reading.isPending else { return [] }
        var reading = reading
        if case .success(let source) = answer, source.holds(places) {
            reading.columns = source.mapping(places)
        } else {
            reading.places = nil
        }
        send.readings[path] = reading
        return send.preview.path == path ? readAgain(path) : []
    }

    /// Asks for the columns of a file, and for its encoding first where it isn't text: titles and values can be read then.
    mutating func askColumns(_ path: String, _ source: SourceColumns) -> [Effect] {
        send.needsEncoding(path, source) ? openEncoding(thenMaps: true) : openMapping(path, source)
    }

    mutating func askMapping() -> [Effect] {
        guard let path = send.browser.selectedFile else { return [] }
        if case .unmapped(path, let source) = send.preview { return askColumns(path, source) }
        return [.readColumns(path, send.reading(of: path))]
    }

    mutating func takeColumns(_ path: String, _ answer: DeliveryResult<SourceColumns>) -> [Effect] {
        guard send.preview.path == path, overlays.isEmpty, screen == .send else { return [] }
        switch answer {
        case .success(let source): return openMapping(path, source)
        case .failure(let error):
            toast(.bad, error.message)
            return []
        }
    }
}

extension SendModel {
    /// Whether the encoding of a file that has to be mapped is to be chosen first.
    func needsEncoding(_ path: String, _ source: SourceColumns) -> Bool {
        !source.isText && reading(of: path).encoding == nil && !decidedEncodings.contains(path)
    }
}

extension SourceColumns {
    fileprivate func holds(_ chosen: [KnownColumn: Int]) -> Bool {
        chosen.values.allSatisfy { column(number: $0) != nil }
    }
}
