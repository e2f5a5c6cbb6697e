import CustomerRecords
import DeliveryModel
import Foundation

/// A run's summary for a person.
enum SummaryText {
    /// - Parameters:
    ///   - firstRejected: where the first rejected record of each reason stands, where no list says it.
    ///   - options: those to repeat in the suggested command.
    static func lines(_ summary: RunSummary, firstRejected: [String] = [], options: String = "") -> [String] {
        let counts = summary.counts
        var lines = [Console.visible(head(summary), isLine: true)]
        lines.append(
            "  read \(counts.read.grouped) = rejected \(counts.rejected.grouped) + filtered \(counts.filtered.grouped)"
                + " + sent \(counts.sent.grouped) + failed \(counts.failed.grouped)"
                + " + pending \(counts.pending.grouped)")
        let reasons = ReasonCode.allCases.compactMap { code in
            counts.reasons[code].map { "\(code.rawValue) \($0.grouped)" }
        }
        if !reasons.isEmpty { lines.append("  not sent: " + reasons.joined(separator: ", ")) }
        if let known = counts.reasons[.deliveredBefore] {
            let new = counts.sent + counts.failed + counts.pending
            lines.append("  \(new.grouped) of \((new + known).grouped) are new or changed")
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
            let statuses = summary.statuses.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value.grouped)" }
            lines.append(
                "  \(count(summary.requests, "request", "requests")) (\(statuses.joined(separator: ", "))),"
                    + " \(count(summary.retries, "retry", "retries")), \(time(summary.seconds))"
                    + (summary.seconds > 0 ? ", \(Int(Double(counts.sent) / summary.seconds).grouped) records/s" : ""))
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
        if let advice = advice(summary, options) { lines.append("  " + advice) }
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

    /// What to type to continue with a run.
    /// - Parameter options: those to repeat, as they are typed.
    static func command(_ name: String, _ summary: RunSummary, _ options: String) -> String {
        let profile = options.contains("--profile ") ? "" : summary.profile.map { " --profile \($0)" } ?? ""
        let sandbox = summary.api == "sandbox" ? " --sandbox" : ""
        return "data-connector \(name) \(summary.id)\(profile)\(sandbox)\(options)"
    }

    private static func advice(_ summary: RunSummary, _ options: String) -> String? {
        switch summary.state {
        case .stopped where summary.isResumable, .failed where summary.isResumable, .paused where summary.isResumable:
            "resume with: \(command("resume", summary, options))"
        case .stopped, .failed, .refused, .done:
            summary.undelivered > 0 ? "retry the failed records with: \(command("retry", summary, options))" : nil
        case .preparing, .running, .paused, .waiting, .finishing, .dryRun, .skipped: nil
        }
    }

    private static func count(_ value: Int, _ one: String, _ many: String) -> String {
        "\(value.grouped) \(value == 1 ? one : many)"
    }

    static func time(_ seconds: Double) -> String {
        let whole = Int(seconds)
        if seconds < 10, seconds != seconds.rounded() { return String(format: "%.2f s", seconds) }
        if whole < 60 { return String(format: "%.0f s", seconds) }
        if whole < 3600 { return "\(whole / 60)m \(String(format: "%02d", whole % 60))s" }
        return "\(whole / 3600)h \(String(format: "%02d", whole / 60 % 60))m"
    }
}
