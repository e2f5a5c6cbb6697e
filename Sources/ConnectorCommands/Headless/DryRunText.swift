import CustomerRecords
import DeliveryEngine
import DeliveryModel
import Foundation
import ShowAdsAPI

/// Counts a source without sending anything of it.
enum DryRunText {
    static func run(_ paths: [String], _ settings: Settings, usesSandbox: Bool, json: Bool, console: Console)
        async throws
        -> DeliveryReport
    {
        let api =
            try usesSandbox ? SandboxAPI.address : settings.apiURL.map { try Connector.endpoint($0, settings).address }
        guard settings.reading.onlyNew == nil || api != nil else {
            throw DeliveryError(
                .configuration, "API_URL is needed with --only-new: what was delivered is recorded for each API.")
        }
        var report = DeliveryReport(runs: [], isSeveral: paths.count > 1)
        var first: [[String]] = []
        for path in paths {
            var rejected = FirstRejected()
            do {
                report.runs.append(try await summary(path, settings, api, console, &rejected))
            } catch let error as DeliveryError where error.code == .source {
                // As a delivery does: the others are counted all the same.
                console.setBar("")
                console.note(Console.visible(error.message, isLine: true))
                report.runs.append(RunSummary(notRun: path, reason: error.message, isFault: true))
            }
            first.append(rejected.lines)
        }
        if json {
            try Console.result(try report.json)
        } else {
            for (run, first) in zip(report.runs, first) where run.state == .dryRun {
                for line in SummaryText.lines(run, firstRejected: first) { try Console.result(line) }
            }
            if report.isSeveral { try Console.result(SummaryText.total(report)) }
        }
        return report
    }

    /// Whether each source would be sent: some of its records are valid, and no more are rejected than is allowed.
    static func isAcceptable(_ report: DeliveryReport, _ settings: Settings) -> Bool {
        report.runs.allSatisfy { run in
            guard run.state == .dryRun else { return false }
            let counts = run.counts
            let isAllowed = settings.reading.maximumRejected?.allows(rejected: counts.rejected, of: counts.read) ?? true
            return isAllowed && (counts.read == 0 || counts.rejected < counts.read)
        }
    }

    private static func summary(
        _ path: String, _ settings: Settings, _ api: String?, _ console: Console, _ first: inout FirstRejected
    ) async throws -> RunSummary {
        let start = Date()
        let result: DryRun
        (result, first) = try await count(path, settings, api, console)
        console.setBar("")
        if let limit = settings.reading.maximumRejected,
            !limit.allows(rejected: result.tally.rejected, of: result.read)
        {
            console.note(
                "\(path): \(result.tally.rejected) of \(result.read) records are rejected, more than the limit of "
                    + "\(limit.text): it would not be sent.")
        }
        let outcome = result.counts(for: settings.reading.filter)
        var counts = RunCounts(
            rejected: outcome.tally.rejected, filtered: outcome.tally.filtered, pending: outcome.valid)
        for code in ReasonCode.allCases where outcome.tally[code] > 0 { counts.reasons[code] = outcome.tally[code] }
        return RunSummary(
            id: RunID(rawValue: 0), source: path == "-" ? .standardInput : .file(path: path), state: .dryRun,
            counts: counts, seconds: Date().timeIntervalSince(start), startedAt: start, filter: settings.reading.filter,
            notices: result.notices)
    }

    @concurrent
    private static func count(
        _ path: String, _ settings: Settings, _ api: String?, _ console: Console
    ) async throws -> (DryRun, FirstRejected) {
        var first = FirstRejected(rules: settings.reading.rules)
        do {
            let newRecords =
                settings.reading.onlyNew == nil
                ? nil
                : try await PastRuns.of(settings) {
                    try await NewRecordSearch.count(of: path, settings.reading, for: api, in: $0.journal)
                }
            let counted = try DryRun.count(
                try DryRunSource(path), options: settings.reading, newRecords: newRecords, rejects: &first
            ) { progress in
                if console.isTerminal { console.setBar("\(progress.read.grouped) records read") }
                return true
            }
            first.describe(counted.dialect)
            return (counted, first)
        } catch let error as SourceFormatError {
            throw DeliveryError(.source, error.message(for: path))
        } catch let fault as VisitorTableFault {
            throw DeliveryError(.source, "\(path): \(fault)")
        }
    }
}
