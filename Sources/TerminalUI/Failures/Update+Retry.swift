import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func markRange() -> [Effect] {
        guard let start = failures.rangeStart else {
            failures.rangeStart = failures.cursor.row
            toast(.info, "Move to the other end and press v again")
            return []
        }
        failures.rangeStart = nil
        let range = min(start, failures.cursor.row)..<max(start, failures.cursor.row) + 1
        let records = range.compactMap { failures.row($0) }
        guard records.count < range.count else {
            failures.mark(records)
            return []
        }
        return [.fetchRange(failures.query, range)]
    }

    mutating func takeRange(_ query: FailureQuery, _ answer: Answer<[FailedRecord]>) -> [Effect] {
        // Another list is shown by now: its rows are others.
        guard query == failures.query else { return [] }
        switch answer {
        case .success(let records): failures.mark(records)
        case .failure(let error): toast(.bad, error.message)
        }
        return []
    }

    mutating func retryMarked() -> [Effect] {
        if failures.marked > 0 { return [.retry(failures.marks, failures.query)] }
        guard let record = failures.current else { return [] }
        return [.retry(.some([record.id: FailuresModel.Mark(record)]), failures.query)]
    }

    mutating func askRetryAll() {
        var query = failures.query
        query.kinds = [.retryable]
        let scope = query.run.map { "of run \($0)" } ?? "of all runs"
        let filter = query.text.isEmpty ? "" : " that hold “\(TextFit.end(query.text, 24))”"
        overlays.append(
            .confirmation(
                Confirmation(
                    title: "Send all retryable records again?",
                    lines: [
                        Line("Every retryable record \(scope)\(filter)."),
                        [Line("to ", .dim), Line(newest.apiHost ?? "the API", .accent, .bold)],
                    ],
                    choices: [
                        Confirmation.Choice(key: .character("y"), label: "Retry", command: .retryRun(query)),
                        Confirmation.Choice(key: .escape, label: "Cancel", command: .cancel),
                    ])))
    }

    mutating func takeRetried(_ answer: Answer<[RunID]>) -> [Effect] {
        switch answer {
        case .success(let runs):
            failures.marks = .none
            let names = runs.prefix(4).map(\.description).joined(separator: ", ") + (runs.count > 4 ? " …" : "")
            toast(.good, runs.count == 1 ? "Run \(names) sends it again" : "Runs \(names) send it again")
            isStale = true
        case .failure(let error): toast(.bad, error.message)
        }
        return refreshFailures()
    }
}
