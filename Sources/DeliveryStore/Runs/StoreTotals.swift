public import DeliveryModel

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

    public init() {}
}
