import CustomerRecords
public import DeliveryModel

public import struct Foundation.Date

/// Sums over all runs.
public struct StoreTotals: Hashable, Sendable {
    /// Records, by what became of them.
    public var counts = RunCounts()
    /// Arrivals beyond the first that are possible.
    public var possibleDuplicates = 0
    /// Records that may have arrived more than once.
    public var recordsInDoubt = 0
    /// Requests that were answered.
    public var requests = 0
    /// Those among them that repeated an earlier one.
    public var retries = 0
    /// Answers by status code or name of the fault.
    public var statuses: [String: Int] = [:]
    /// Runs by the stable word of their state.
    public var runs: [String: Int] = [:]
    /// When the oldest run began that is not at its end.
    public var oldestPending: Date?

    public init() {}

    /// Takes over the sums that are kept by column.
    public mutating func take(pending: Int, _ sum: (_ column: String) -> Int) {
        for code in ReasonCode.allCases {
            let count = sum(code.rawValue)
            if count > 0 { counts.reasons[code] = count }
            if code.isRejection { counts.rejected += count } else { counts.filtered += count }
        }
        counts.sent = sum("sent")
        counts.failed = sum("failed")
        counts.pending = pending
        possibleDuplicates = sum("possible_duplicates")
        recordsInDoubt = sum("records_in_doubt")
        requests = sum("requests")
        retries = sum("retries")
    }
}
