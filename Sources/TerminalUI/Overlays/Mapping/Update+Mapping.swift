import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// Opens the dialog with what is known of the columns.
    mutating func openMapping(_ path: String, _ source: SourceColumns) -> [Effect] {
        var chosen = source.suggestion
        if let kept = preferences.mappings.first(where: { $0.header == source.header })?.chosen { chosen = kept }
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
        switch key {
        case .escape:
            overlays.removeLast()
            return [.cancelMappingCount]
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
        default: return []
        }
        replaceOverlay(.mapping(mapping))
        return []
    }

    mutating func click(_ row: Int, _ mapping: MappingModel) -> [Effect] {
        var mapping = mapping
        switch row {
        case MappingView.useButton: return use(mapping)
        case MappingView.cancelButton: return press(.escape, mapping)
        case MappingView.firstColumn...:
            mapping.focus = mapping.focus ?? .name
            mapping.cursor.row = row - MappingView.firstColumn
            return press(.enter, mapping)
        default:
            guard KnownColumn.allCases.indices.contains(row) else { return [] }
            mapping.focus = KnownColumn.allCases[row]
            point(&mapping)
            replaceOverlay(.mapping(mapping))
            return []
        }
    }

    private mutating func focus(_ mapping: MappingModel, by step: Int) -> [Effect] {
        var mapping = mapping
        let places = KnownColumn.allCases.map(Optional.some) + [nil]
        let place = places.firstIndex(of: mapping.focus) ?? 0
        mapping.focus = places[(place + step + places.count) % places.count]
        point(&mapping)
        replaceOverlay(.mapping(mapping))
        return []
    }

    /// Puts the cursor on the column of the field; of a field without one, on the first that would fit.
    private func point(_ mapping: inout MappingModel) {
        guard let field = mapping.focus else { return }
        let columns = mapping.source.columns
        let free = columns.filter { mapping.field(of: $0.number) == nil }
        let fitting = free.first { mapping.verdict($0.number, as: field, rules: setup.rules).isFitting }
        let number = mapping.chosen[field] ?? fitting?.number ?? free.first?.number ?? 1
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
        FileReading(columns: columns, encoding: send.reading(of: mapping.path).encoding)
    }

    mutating func takeMappingCount(_ path: String, _ reading: FileReading, _ answer: Answer<DryRunReport>) -> [Effect] {
        guard case .mapping(var mapping) = overlays.last, mapping.path == path,
            mapping.mapping.map({ self.reading(mapping, $0) }) == reading
        else { return [] }
        switch answer {
        case .success(let report): mapping.report = report
        case .failure(let error): mapping.problem = error.message
        }
        replaceOverlay(.mapping(mapping))
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
        if !mapping.source.beginsWithRecord(mapping.chosen) {
            preferences.remember(KeptMapping(header: mapping.source.header, chosen: mapping.chosen))
            effects.append(.savePreferences(preferences))
        }
        toast(.good, "Columns mapped. Press s to send the file")
        return effects + readAgain(mapping.path)
    }

    /// A header that isn't understood: the columns are those that were chosen for such a file before, or are asked for.
    mutating func takeUnmapped(_ path: String, _ source: SourceColumns) -> [Effect] {
        guard send.preview.path == path else { return [] }
        var reading = send.reading(of: path)
        if reading.columns == nil,
            let kept = preferences.mappings.first(where: { $0.header == source.header })?.chosen,
            kept.values.allSatisfy({ source.column(number: $0) != nil })
        {
            reading.columns = source.mapping(kept)
            reading.isRemembered = true
            send.readings[path] = reading
            return readAgain(path)
        }
        reading.columns = nil
        send.readings[path] = reading
        send.preview = .unmapped(path: path, source)
        send.dryRun = nil
        let isAsked = send.wantsMapping == path
        send.wantsMapping = nil
        guard isAsked, overlays.isEmpty, screen == .send else { return [.cancelDryRun] }
        return [.cancelDryRun] + openMapping(path, source)
    }

    mutating func askMapping() -> [Effect] {
        guard let path = send.browser.selectedFile else { return [] }
        if case .unmapped(path, let source) = send.preview { return openMapping(path, source) }
        return [.readColumns(path, send.reading(of: path))]
    }

    mutating func takeColumns(_ path: String, _ answer: Answer<SourceColumns>) -> [Effect] {
        guard send.preview.path == path, overlays.isEmpty, screen == .send else { return [] }
        switch answer {
        case .success(let source): return openMapping(path, source)
        case .failure(let error):
            toast(.bad, error.message)
            return []
        }
    }
}
