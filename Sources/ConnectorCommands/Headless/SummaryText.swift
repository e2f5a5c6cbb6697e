import CustomerRecords
import DeliveryModel
import Foundation

/// A run's summary for a person.
enum SummaryText {
    /// - Parameter firstRejected: where the first rejected record of each reason stands, where no list says it.
    static func lines(_ summary: RunSummary, firstRejected: [String] = []) -> [String] {
        let counts = summary.counts
        var lines = [Console.visible(head(summary), isLine: true)]
        lines.append(
            "  read \(number(counts.read)) = rejected \(number(counts.rejected)) + filtered \(number(counts.filtered))"
                + " + sent \(number(counts.sent)) + failed \(number(counts.failed))"
                + " + pending \(number(counts.pending))")
        let reasons = ReasonCode.allCases.compactMap { code in
            counts.reasons[code].map { "\(code.rawValue) \(number($0))" }
        }
        if !reasons.isEmpty { lines.append("  not sent: " + reasons.joined(separator: ", ")) }
        if let known = counts.reasons[.deliveredBefore] {
            let new = counts.sent + counts.failed + counts.pending
            lines.append("  \(number(new)) of \(number(new + known)) are new or changed")
        }
        lines += firstRejected.map { "    " + $0 }
        if counts.rejected > 0, summary.id.rawValue > 0 {
            lines.append("  rejected records: data-connector failures \(summary.id) --rejected")
        }
        for notice in summary.notices { lines.append("  " + text(notice)) }
        if counts.read > 0, counts.rejected == counts.read {
            lines.append("  every record was rejected: is this the right file, and are its columns the right ones?")
        }
        if summary.requests > 0 {
            let statuses = summary.statuses.sorted { $0.key < $1.key }.map { "\($0.key) × \(number($0.value))" }
            lines.append(
                "  \(count(summary.requests, "request", "requests")) (\(statuses.joined(separator: ", "))),"
                    + " \(count(summary.retries, "retry", "retries")), \(time(summary.seconds))"
                    + (summary.seconds > 0 ? ", \(number(Int(Double(counts.sent) / summary.seconds))) records/s" : ""))
        }
        if summary.mayHaveArrivedTwice > 0 {
            lines.append(
                "  \(count(summary.mayHaveArrivedTwice, "record", "records")) may have arrived more than once")
        }
        if summary.recovered > 0 {
            lines.append(
                "  \(count(summary.recovered, "record was", "records were")) delivered since by a retry")
        }
        if let file = summary.unsentFile { lines.append("  failed records: \(file)") }
        if let advice = advice(summary) { lines.append("  " + advice) }
        return lines
    }

    private static func text(_ notice: Notice) -> String {
        guard notice.code != .sentBefore else {
            return
                "check: this content was sent before\(notice.example.map { ", by \($0)" } ?? ""); --once sends only what is left of it, if the options for records are the same"
        }
        return "\(notice.isInformative ? "note" : "check"): \(notice.text)"
    }

    private static func head(_ summary: RunSummary) -> String {
        let name = "Run \(summary.id) · \(summary.source.line): "
        switch summary.state {
        case .done where summary.counts.failed > 0: return name + "done, with failures"
        case .done: return name + "done"
        case .dryRun: return "Dry run · \(summary.source.line): nothing was sent"
        case .skipped:
            let run = summary.duplicateOf.map { " by run \($0)" } ?? ""
            return "Skipped · \(summary.source.line): the same content was delivered before\(run)"
        case .stopped(let reason): return name + "stopped (\(reason))"
        case .failed(let reason), .refused(let reason): return name + "failed (\(reason))"
        case .waiting(let reason, _): return name + "waiting (\(reason))"
        case .preparing, .running, .paused, .finishing: return name + summary.state.word
        }
    }

    private static func advice(_ summary: RunSummary) -> String? {
        switch summary.state {
        case .stopped where summary.isResumable, .failed where summary.isResumable:
            "resume with: data-connector resume \(summary.id)"
        case .stopped, .failed, .refused, .done:
            summary.undelivered > 0 ? "retry the failed records with: data-connector retry \(summary.id)" : nil
        case .preparing, .running, .paused, .waiting, .finishing, .dryRun, .skipped: nil
        }
    }

    private static func count(_ value: Int, _ one: String, _ many: String) -> String {
        "\(number(value)) \(value == 1 ? one : many)"
    }

    static func number(_ value: Int) -> String {
        var digits = String(value)
        var index = digits.count - 3
        while index > (value < 0 ? 1 : 0) {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }

    static func time(_ seconds: Double) -> String {
        let whole = Int(seconds)
        if seconds < 10, seconds != seconds.rounded() { return String(format: "%.2f s", seconds) }
        if whole < 60 { return String(format: "%.0f s", seconds) }
        if whole < 3600 { return "\(whole / 60)m \(String(format: "%02d", whole % 60))s" }
        return "\(whole / 3600)h \(String(format: "%02d", whole / 60 % 60))m"
    }
}
