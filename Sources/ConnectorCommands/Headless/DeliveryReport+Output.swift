import DeliveryModel

extension DeliveryReport {
    /// Prints what was delivered.
    /// - Parameter nothing: what is said when there was nothing to do.
    /// - Throws: `DeliveryError` when standard output can't be written.
    func write(as report: HeadlessRun.Report, console: Console, nothing: String) throws {
        guard !runs.isEmpty else {
            if report == .json { try Console.result("null") } else { console.note(nothing) }
            return
        }
        switch report {
        case .json: try Console.result(try json)
        case .text where isSeveral: try Console.result(SummaryText.total(self))
        case .text:
            for run in runs {
                for line in SummaryText.lines(run) { try Console.result(line) }
            }
        case .sentence: try Console.result("Successfully sent \(total.counts.sent) of records.")
        }
        guard report != .text else { return }
        for run in runs where run.id.rawValue > 0 {
            if let reason = run.state.reason { console.note(reason) }
        }
    }
}
