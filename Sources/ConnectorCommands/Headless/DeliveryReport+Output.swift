import DeliveryModel
import Foundation

extension DeliveryReport {
    /// Prints what was delivered.
    /// - Parameters:
    ///   - nothing: what is said when there was nothing to do.
    ///   - options: those to repeat in a suggested command.
    /// - Throws: `DeliveryError` when standard output can't be written.
    func write(as report: HeadlessRun.Report, console: Console, nothing: String, options: String = "") throws {
        guard !runs.isEmpty else {
            if report == .json { try Console.result("null") } else { console.note(nothing) }
            return
        }
        let notStarted = runs.filter { $0.id.rawValue == 0 && $0.state.isNotStarted }
        if report == .text, !notStarted.isEmpty {
            let names = notStarted.map(\.source.line).joined(separator: ", ")
            console.note("Not started: \(names). Deliver these again.")
        }
        switch report {
        case .json: try Console.result(try json)
        case .text where isSeveral: try Console.result(SummaryText.total(self))
        case .text:
            // Of a source that never became a run there is the error alone.
            for run in runs where run.id.rawValue > 0 || run.state == .skipped {
                for line in SummaryText.lines(run, options: options) { try Console.result(line) }
            }
        case .sentence: try Console.result("Successfully sent \(total.counts.sent) of records.")
        }
        // On a terminal, it stands in the summary just above.
        if report == .text, isatty(STDOUT_FILENO) == 1 { return }
        for run in runs where run.id.rawValue > 0 {
            guard let fault = run.fault, !console.hasSaid(fault) else { continue }
            console.note(isSeveral ? "Run \(run.id): \(fault)" : fault)
        }
    }
}

extension RunSummary {
    /// Why not every valid record was delivered; `nil` when all were.
    fileprivate var fault: String? {
        if let reason = state.reason { return reason }
        if isComplete { return nil }
        if counts.failed > 0 {
            return counts.failed == 1 ? "1 record was not delivered" : "\(counts.failed) records were not delivered"
        }
        return counts.read > 0 && counts.rejected == counts.read ? "every record was rejected" : nil
    }
}
