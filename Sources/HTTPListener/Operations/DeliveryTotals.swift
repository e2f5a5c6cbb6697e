public import DeliveryModel

public import struct Foundation.Date

/// What has become of all records of all runs since this process began, or longer: numbers that only grow, but for
/// `pending`.
public struct DeliveryTotals: Hashable, Sendable {
    public var counts: RunCounts
    public var possibleDuplicates: Int
    public var requests: Int
    public var retries: Int
    /// Answers by status code, and transport faults by name.
    public var statuses: [String: Int]
    /// Runs by the stable word of their state.
    public var runs: [String: Int]
    /// When the oldest run began that is not at its end.
    public var oldestPending: Date?
    /// Bytes that are free on the disk of the state directory.
    public var freeBytes: Int?
    /// `nil` when the journal belongs to this process alone.
    public var nodes: NodeFigures?

    public init(
        counts: RunCounts = RunCounts(), possibleDuplicates: Int = 0, requests: Int = 0, retries: Int = 0,
        statuses: [String: Int] = [:], runs: [String: Int] = [:]
    ) {
        self.counts = counts
        self.possibleDuplicates = possibleDuplicates
        self.requests = requests
        self.retries = retries
        self.statuses = statuses
        self.runs = runs
    }

    /// Over the runs that a snapshot holds.
    public init(_ snapshot: EngineSnapshot) {
        self.init()
        for run in snapshot.runs {
            let summary = run.summary
            counts.rejected += summary.counts.rejected
            counts.filtered += summary.counts.filtered
            counts.sent += summary.counts.sent
            counts.failed += summary.counts.failed
            counts.pending += summary.counts.pending
            counts.reasons.merge(summary.counts.reasons, uniquingKeysWith: +)
            possibleDuplicates += summary.possibleDuplicates
            requests += summary.requests
            retries += summary.retries
            statuses.merge(summary.statuses, uniquingKeysWith: +)
            runs[summary.state.word, default: 0] += 1
        }
    }
}

/// Knows the totals that metrics show.
public protocol DeliveryTotalsSource: Sendable {
    func totals() async -> DeliveryTotals
}
