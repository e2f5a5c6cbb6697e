import CustomerRecords
import DeliveryEngine
import DeliveryModel
import Foundation

/// Counts a source without sending anything of it.
enum DryRunReport {
    static func run(_ path: String, _ settings: Settings, json: Bool, console: Console) async throws {
        let start = Date()
        let result = try await count(path, settings, console)
        console.setBar("")
        var counts = RunCounts(
            rejected: result.tally.rejected, filtered: result.filtered(with: settings.filter),
            pending: result.valid(with: settings.filter))
        for code in ReasonCode.allCases where code.isRejection && result.tally[code] > 0 {
            counts.reasons[code] = result.tally[code]
        }
        if counts.filtered > 0 { counts.reasons[.ageFilter] = counts.filtered }
        let summary = RunSummary(
            id: RunID(rawValue: 0), source: path == "-" ? .standardInput : .file(path: path), state: .dryRun,
            counts: counts, seconds: Date().timeIntervalSince(start), startedAt: start, filter: settings.filter)
        if json {
            Console.result(try SummaryJSON.text(summary))
        } else {
            for line in SummaryText.lines(summary) { Console.result(line) }
        }
    }

    @concurrent
    private static func count(_ path: String, _ settings: Settings, _ console: Console) async throws -> DryRun {
        let source = try DryRunSource(path)
        do {
            return try DryRun.count(source, rules: settings.rules, delimiter: settings.delimiter) { progress in
                if console.isTerminal { console.setBar("\(SummaryText.number(progress.read)) records read") }
                return true
            }
        } catch let error as SourceFormatError {
            throw DeliveryError(.source, "\(path): \(error)")
        }
    }
}
