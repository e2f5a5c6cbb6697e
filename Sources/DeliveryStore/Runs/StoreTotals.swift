import CustomerRecords
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
