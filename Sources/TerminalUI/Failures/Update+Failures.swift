import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func performFailures(_ action: Action) -> [Effect] {
        if failures.cursor.move(action, count: failures.count, page: page) { return failureCursorMoved() }
        switch action {
        case .mark:
            if let record = failures.current { failures.toggleMark(record) }
            failures.cursor.move(by: 1, count: failures.count, page: page)
            return failureCursorMoved()
        case .range: return markRange()
        case .markAll: failures.marks = .all(except: [])
        case .unmarkAll: failures.marks = .none
        case .retry: return retryMarked()
        case .retryAll: return askRetryAll()
        case .edit: if let record = failures.current { overlays.append(.edit(EditModel(record))) }
        case .fix: return openFix()
        case .inspect: return openInspector()
        case .export: askExport()
        case .copy: return copyRecord()
        case .detail: failures.showsDetail.toggle()
        case .filter: failures.isFiltering = true
        case .findNext, .findPrevious:
            failures.cursor.move(by: action == .findNext ? 1 : -1, count: failures.count, page: page)
            return failureCursorMoved()
        case .dismiss:
            guard failures.marked == 0 else { return [.dismiss(failures.marks, failures.query)] }
            guard let record = failures.current else { return [] }
            return [.dismiss(.some([record.id: FailuresModel.Mark(record)]), failures.query)]
        case .erase: return openErasure()
        case .undo:
            guard let last = failures.dismissed.popLast() else { return [] }
            return [.undismiss(last)]
        case .facets:
            failures.facets.isFocused = true
            return [.readFacets(failures.query)]
        case .scope:
            failures.query.run = failures.query.run == nil ? scopeRun : nil
            return requery()
        case .sortNext, .sortPrevious:
            let columns = FailuresModel.columns
            let index = columns.firstIndex(of: failures.query.sort) ?? 0
            let step = action == .sortNext ? 1 : columns.count - 1
            return sort(by: columns[(index + step) % columns.count])
        case .invert: return sort(by: failures.query.sort)
        default: ignore(action)
        }
        return []
    }

    mutating func sort(by column: FailureQuery.Column) -> [Effect] {
        if failures.query.sort == column {
            failures.query.ascending.toggle()
        } else {
            failures.query.sort = column
            failures.query.ascending = true
        }
        // Another order of the same records: the cursor stays on its record, wherever that stands now.
        failures.isReading = true
        return [fetchFailures()]
    }

    /// Other records than before: from the top.
    mutating func requery() -> [Effect] {
        failures.query.text = failures.filter.text
        failures.cursor = ListCursor()
        failures.selected = nil
        // Marks are of records; “everything” is of a list that is another one now.
        if case .all = failures.marks {
            toast(.info, "Marks cleared: the list has changed")
            failures.marks = .none
        }
        failures.rangeStart = nil
        failures.isReading = true
        return [fetchFailures(), .readFacets(failures.query)]
    }

    mutating func fetchFailures(mayHaveChanged: Bool = false) -> Effect {
        failures.request += 1
        var marked: Set<FailedRecord.ID> = []
        if case .some(let marks) = failures.marks { marked = Set(marks.keys) }
        return .fetchFailures(
            FailureFetch(
                request: failures.request, query: failures.query, record: failures.selected,
                row: failures.cursor.row, offset: failures.cursor.row - failures.cursor.top,
                visible: page(of: .failures), marked: marked, mayHaveChanged: mayHaveChanged))
    }

    mutating func failureCursorMoved() -> [Effect] {
        failures.selected = failures.current?.id
        return failures.holds(page: page) ? [] : [fetchFailures()]
    }

    mutating func takeFailures(_ answer: DeliveryResult<FailurePage>) -> [Effect] {
        switch answer {
        case .success(let answer):
            guard answer.request == failures.request else { return [] }
            failures.take(answer, visible: page(of: .failures))
            // The list grew shorter under the cursor, or the operator went on scrolling meanwhile.
            return failures.holds(page: page(of: .failures)) || answer.rows.isEmpty ? [] : [fetchFailures()]
        case .failure(let error):
            failures.problem = error.message
            failures.isLoaded = true
            failures.isReading = false
        }
        return []
    }

    mutating func typeFailureFilter(_ key: Key) -> [Effect] {
        switch key {
        case .enter, .tab:
            failures.isFiltering = false
            return []
        case .escape:
            failures.isFiltering = false
            guard !failures.filter.isEmpty else { return [] }
            failures.filter = TextField()
        case .up, .down:
            failures.cursor.move(by: key == .up ? -1 : 1, count: failures.count, page: page)
            return failureCursorMoved()
        default:
            let before = failures.filter.text
            _ = failures.filter.handle(key)
            if before == failures.filter.text { return [] }
        }
        return requery()
    }

    private mutating func copyRecord() -> [Effect] {
        guard let record = failures.current else { return [] }
        let fields = record.fields.texts
        toast(.good, "Copied")
        return [.copy(record.raw.isEmpty ? fields.map(Self.quoted).joined(separator: ",") : record.raw)]
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    private mutating func askExport() {
        let name = "failures-\(time.fileStamp(now)).csv"
        let folder = send.browser.directory == "/" ? "/" : send.browser.directory + "/"
        overlays.append(.path(PathPrompt(purpose: .export(failures.query), field: TextField(folder + name).selected)))
    }

    mutating func takeExported(_ answer: DeliveryResult<Int>, _ path: String) -> [Effect] {
        takeWritten(answer) { "\(NumberText.records($0)) written to \(path)" }
    }

    mutating func askOverwrite(_ query: FailureQuery, _ path: String) -> [Effect] {
        ask(.replace(query, path: path))
        return []
    }

    /// The failures of one run.
    mutating func showFailures(of run: RunID) -> [Effect] {
        failures.query.run = run
        failures.clearFilters()
        let effects = requery()
        return screen == .failures ? effects : go(to: .failures)
    }
}
