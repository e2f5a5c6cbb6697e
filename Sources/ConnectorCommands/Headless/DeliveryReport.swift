import CustomerRecords
import DeliveryModel
import Foundation

/// How the deliveries of one command ended, in the order of its sources.
struct DeliveryReport: Sendable {
    var runs: [RunSummary]
    /// Whether the command named several sources, so that there is a sum, too.
    let isSeveral: Bool

    /// Whether every valid record was delivered.
    var isComplete: Bool { runs.allSatisfy(\.isComplete) }

    /// The sums over all runs, which belong to none of them.
    var total: RunSummary {
        var total = RunSummary(
            id: RunID(rawValue: 0), source: .file(path: runs.map(\.source.text).joined(separator: ", ")), state: .done,
            startedAt: runs.map(\.startedAt).min() ?? Date())
        for run in runs {
            total.counts.add(run.counts)
            total.recovered += run.recovered
            total.undelivered += run.undelivered
            total.recordsInDoubt += run.mayHaveArrivedTwice
            total.notices.add(run.notices)
            total.api = total.api ?? run.api
            total.profile = total.profile ?? run.profile
            total.possibleDuplicates += run.possibleDuplicates
            total.requests += run.requests
            total.retries += run.retries
            total.statuses.merge(run.statuses, uniquingKeysWith: +)
            total.seconds += run.seconds
            total.unsentFile = total.unsentFile ?? run.unsentFile
        }
        total.endedAt = runs.compactMap(\.endedAt).max()
        // The first that says why not everything was delivered speaks for all.
        if let incomplete = runs.first(where: { $0.state != .done && $0.state != .skipped }) {
            total.state = incomplete.state
        }
        if let first = runs.first { total.filter = first.filter }
        return total
    }

    /// One JSON object: the only run's summary, or the sums and all summaries.
    var json: String {
        get throws {
            guard isSeveral else { return try runs.first.map { try SummaryJSON.text($0) } ?? "null" }
            return try SummaryJSON.text(TotalJSON(report: self))
        }
    }

    private struct TotalJSON: Encodable {
        let report: DeliveryReport

        private enum Key: CodingKey { case runs }

        func encode(to encoder: any Encoder) throws {
            try SummaryJSON(report.total).encode(to: encoder)
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(report.runs.map(SummaryJSON.init), forKey: .runs)
        }
    }
}

extension RunState {
    /// Whether it is that of a source that was left alone, since one before it could not be delivered.
    var isNotStarted: Bool {
        if case .stopped(let reason) = self { reason.hasPrefix(Self.notStarted) } else { false }
    }

    static let notStarted = "not started: "
}

extension RunSummary {
    /// Whether every valid record was delivered; a source without a single valid record was not what was meant.
    var isComplete: Bool {
        if state == .skipped { return true }
        guard state == .done, counts.failed == 0 else { return false }
        return counts.read == 0 || counts.rejected < counts.read
    }

    /// A source that never became a run.
    init(notRun source: String, reason: String, isFault: Bool) {
        self.init(
            id: RunID(rawValue: 0), source: source == "-" ? .standardInput : .file(path: source),
            state: isFault ? .failed(reason: reason) : .stopped(reason: reason), startedAt: Date())
    }
}

extension RunSummary {
    /// A source that was left alone, since one before it could not be delivered.
    init(notStarted source: String, since obstacle: String) {
        self.init(notRun: source, reason: RunState.notStarted + obstacle, isFault: false)
    }
}

extension RunCounts {
    mutating func add(_ other: RunCounts) {
        rejected += other.rejected
        filtered += other.filtered
        sent += other.sent
        failed += other.failed
        pending += other.pending
        reasons.merge(other.reasons, uniquingKeysWith: +)
    }
}
