import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// A run as a Markdown document, with pictures made of text: for a ticket, a mail or a wiki.
enum RunReport {
    private static let barWidth = 40

    /// - Parameter snapshot: with the last minutes of the run, when its process still lives.
    static func markdown(_ run: RunSummary, _ snapshot: RunSnapshot?, time: LocalTime, now: Date) -> String {
        var parts = ["# Run \(run.id): \(escaped(run.source.text))", overview(run, time, now), records(run)]
        if !run.statuses.isEmpty { parts.append(answers(run)) }
        if let snapshot, !snapshot.sentPerSecond.isEmpty { parts.append(timeline(snapshot)) }
        if let snapshot, !snapshot.events.isEmpty { parts.append(events(snapshot, time)) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func overview(_ run: RunSummary, _ time: LocalTime, _ now: Date) -> String {
        let filter = run.filter
        let ages =
            filter.maximum.map { "\(filter.minimum) to \($0)" }
            ?? (filter.minimum > 0 ? "\(filter.minimum) and over" : "all ages")
        var rows = [
            ("State", RunText.badge(run).capitalized + (run.state.reason.map { " (\($0))" } ?? "")),
            ("Started", date(run.startedAt, time)), ("Duration", NumberText.span(run.seconds)),
            ("Ages", ages), ("Requests", "\(NumberText.count(run.requests)), \(NumberText.count(run.retries)) retries"),
        ]
        if run.seconds > 0, run.counts.sent > 0 {
            rows.append(("Rate", NumberText.rate(Double(run.counts.sent) / run.seconds)))
        }
        if run.mayArriveTwice > 0 { rows.append(("May have arrived twice", NumberText.records(run.mayArriveTwice))) }
        if let file = run.unsentFile { rows.append(("Unsent records", file)) }
        return "| | |\n|---|---|\n" + rows.map { "| \($0.0) | \(escaped($0.1)) |" }.joined(separator: "\n")
    }

    /// A document is read on other days, too.
    private static func date(_ date: Date, _ time: LocalTime) -> String {
        time.fileStamp(date).prefix(10) + " " + time.clock(date)
    }

    private static func records(_ run: RunSummary) -> String {
        let counts = run.counts
        var rows = [
            ("sent", counts.sent), ("rejected", counts.rejected), ("filtered", counts.filtered),
            ("failed", counts.failed), ("pending", counts.pending),
        ]
        if run.recovered > 0 { rows.append(("recovered", run.recovered)) }
        var text = "## Records\n\n\(NumberText.records(counts.read)) read.\n\n" + chart(rows, of: counts.read)
        let reasons = counts.reasons.filter { $0.key.isRejection && $0.value > 0 }
            .sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
            .map { (FailureText.reason($0.key), $0.value) }
        if !reasons.isEmpty { text += "\n\n### Rejected for\n\n" + chart(reasons, of: counts.rejected) }
        return text
    }

    private static func answers(_ run: RunSummary) -> String {
        let rows = run.statuses.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { ($0.key, $0.value) }
        return "## Responses\n\n" + chart(rows, of: rows.reduce(0) { $0 + $1.1 })
    }

    private static func timeline(_ run: RunSnapshot) -> String {
        let steps = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        func line(_ values: [Int]) -> String {
            let peak = max(1, values.max() ?? 1)
            return values.suffix(80).map { $0 == 0 ? " " : steps[min(7, $0 * 7 / peak)] }.joined()
        }
        let errors = run.errorsPerSecond.contains { $0 > 0 } ? "\nerrors   \(line(run.errorsPerSecond))" : ""
        return """
            ## Records per second

            ```
            records  \(line(run.sentPerSecond))\(errors)
            ```

            Peak \(NumberText.rate(run.peakRate)), one column per second.
            """
    }

    private static func events(_ run: RunSnapshot, _ time: LocalTime) -> String {
        "## Events\n\n" + (run.events.count > 50 ? "The newest 50:\n\n" : "")
            + run.events.reversed().suffix(50).map { "- \(time.clock($0.time)) \(escaped($0.text))" }
            .joined(separator: "\n")
    }

    /// Bars with their numbers, in a block that keeps its columns.
    private static func chart(_ rows: [(String, Int)], of total: Int) -> String {
        let names = rows.map { SafeText.width($0.0) }.max() ?? 0
        let numbers = rows.map { NumberText.count($0.1).count }.max() ?? 0
        let lines = rows.map { name, count -> String in
            let eighths = total > 0 ? count * barWidth * 8 / total : 0
            let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
            let bar =
                String(repeating: "█", count: eighths / 8) + (eighths == 0 && count > 0 ? "▏" : parts[eighths % 8])
            let number = NumberText.count(count)
            let space = String(repeating: " ", count: numbers - number.count)
            return "\(name.padding(names))  \(space)\(number)  \(bar)".trimmingEnd
        }
        return "```\n" + lines.joined(separator: "\n") + "\n```"
    }

    private static func escaped(_ text: String) -> String {
        SafeText.shown(text).reduce(into: "") { result, character in
            if "\\|`*_<>[]#".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
