import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func markRange() -> [Effect] {
        guard let start = failures.rangeStart else {
            failures.rangeStart = failures.cursor.row
            toast(.info, "Move to the other end, then press v again")
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

    mutating func takeRange(_ query: FailureQuery, _ answer: DeliveryResult<[FailedRecord]>) -> [Effect] {
        // Another list is shown by now: its rows are others.
        guard query == failures.query else { return [] }
        switch answer {
        case .success(let records): failures.mark(records)
        case .failure(let error): toast(.bad, error.message)
        }
        return []
    }

    mutating func retryMarked() -> [Effect] {
        let query = failures.query
        guard failures.marked > 0 else {
            guard let record = failures.current else { return [] }
            return [.retry(.some([record.id: FailuresModel.Mark(record)]), query)]
        }
        var request = RetryRequest(marks: failures.marks, query: query, selected: failures.marked)
        if case .some = failures.marks { request.sendable = failures.sendable }
        if request.selected == 1, request.sendable == 1 { return [.retry(request.marks, query)] }
        ask(.retry(request))
        return request.sendable == nil ? [.countRetry(request)] : []
    }

    mutating func askRetryAll() -> [Effect] {
        var query = failures.query
        query.kinds = [.retryable]
        // The question names the text that is looked for, and nothing else narrows "all".
        query.reason = nil
        query.status = nil
        let request = RetryRequest(marks: .all(except: []), query: query, isAll: true)
        ask(.retry(request))
        return [.countRetry(request)]
    }

    mutating func takeRetryCount(_ request: RetryRequest, _ count: Int) -> [Effect] {
        guard case .confirmation(let confirmation) = overlays.last, confirmation.subject == .retry(request) else {
            return []
        }
        var counted = request
        counted.sendable = count
        if counted.selected == nil { counted.selected = count }
        replaceOverlay(.confirmation(Confirmation(.retry(counted))))
        return []
    }

    func retryQuestion(_ request: RetryRequest) -> Question {
        let title = request.isAll ? "Retry all retryable records?" : "Retry the marked records?"
        guard let sendable = request.sendable, let selected = request.selected else {
            return Question(title: title, lines: [Line("counting…", .accent)], choices: [Self.cancel])
        }
        guard sendable > 0 else {
            // The API refused permanent ones as they are: they are retried only when somebody means them.
            let lines =
                request.isAll
                ? [
                    Line("No record here is retryable."),
                    Line("To retry permanent ones, mark them (a) and press r.", .dim),
                ]
                : [Line("All \(NumberText.count(selected)) are rejected. Edit them first (e).")]
            return Question(
                title: "Nothing to retry", lines: lines,
                choices: [Question.Choice(key: .escape, label: "Close", command: .cancel)])
        }
        let number = Line(NumberText.count(sendable), .bright, .bold)
        var lines: [Line] = []
        if sendable < selected {
            lines.append([number, Line(" of \(NumberText.count(selected)) marked records can be retried.")])
            lines.append(
                Line(rejectedNote(selected - sendable), .warning))
        } else {
            let scope = request.query.run.map { " of run \($0)" } ?? (request.isAll ? " of all runs" : "")
            lines.append([number, Line(sendable == 1 ? " record" : " records"), Line(request.isAll ? scope : "", .dim)])
        }
        if request.isAll, !request.query.text.isEmpty {
            lines.append(Line("that match “\(TextFit.end(request.query.text, 24))”", .dim))
        }
        lines.append([Line("to ", .dim), Line(newest.apiHost ?? "the API", .accent, .bold)])
        if mayHaveArrived(request) {
            lines.append(Line("Those without a clear response (5xx, timeout)", .warning))
            lines.append(Line("may have arrived, and may arrive twice.", .warning))
        }
        let word = guardWord(sending: sendable)
        return Question(
            title: title, lines: lines,
            choices: [
                Question.Choice(key: Self.yes(word), label: "Retry", command: .retry(request)), Self.cancel,
            ], word: word)
    }

    /// Whether some of the records may have been applied although they count as failed.
    private func mayHaveArrived(_ request: RetryRequest) -> Bool {
        if let status = request.query.status { return FailedRecord.mayHaveArrived(status: status) }
        // What is counted beside the list is of its filter: all of them may be others.
        let query = failures.query
        if request.isAll, query.reason != nil || !(query.kinds.isEmpty || query.kinds.contains(.retryable)) {
            return true
        }
        return failures.facets.counts.statuses.keys.contains(where: FailedRecord.mayHaveArrived)
    }

    private func rejectedNote(_ count: Int) -> String {
        count == 1
            ? "1 is rejected and stays marked. Edit it first (e)."
            : "\(NumberText.count(count)) are rejected and stay marked. Edit them first (e)."
    }

    mutating func takeRetried(_ answer: DeliveryResult<Retried>) -> [Effect] {
        switch answer {
        case .success(let retried):
            // What could not be sent stays marked, and so does what was not asked about.
            switch failures.marks {
            case .some(let marks): failures.marks = .some(marks.filter { !retried.sent.contains($0.key) })
            case .all: failures.marks = .none
            }
            let runs = retried.runs
            let names = runs.prefix(4).map(\.description).joined(separator: ", ") + (runs.count > 4 ? " …" : "")
            let rest = failures.marked > 0 ? "; \(NumberText.count(failures.marked)) still marked" : ""
            toast(.good, (runs.count == 1 ? "Retrying as run \(names)" : "Retrying as runs \(names)") + rest)
            if let problem = retried.problem { toast(.bad, problem.message) }
            isStale = true
        case .failure(let error): toast(.bad, error.message)
        }
        return refreshFailures()
    }
}
