public import DeliveryModel

public import struct Foundation.Date

/// Sums over all runs.
public struct StoreTotals: Hashable, Sendable {
    public var counts = RunCounts()
    public var possibleDuplicates = 0
    public var recordsInDoubt = 0
    public var requests = 0
    public var retries = 0
    public var statuses: [String: Int] = [:]
    /// Runs by the stable word of their state.
    public var runs: [String: Int] = [:]
    /// When the oldest run began that is not at its end.
    public var oldestPending: Date?

    public init() {}
}
