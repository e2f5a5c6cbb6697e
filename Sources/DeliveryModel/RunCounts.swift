public import CustomerRecords

/// What became of the records of a run. `read = rejected + filtered + sent + failed + pending` holds always:
/// `read` is their sum and is not stored.
public struct RunCounts: Hashable, Codable, Sendable {
    public var rejected: Int
    public var filtered: Int
    public var sent: Int
    public var failed: Int
    /// Valid, and not yet sent or failed.
    public var pending: Int
    /// Rejected and filtered records by reason.
    public var reasons: [ReasonCode: Int]

    public init(
        rejected: Int = 0, filtered: Int = 0, sent: Int = 0, failed: Int = 0, pending: Int = 0,
        reasons: [ReasonCode: Int] = [:]
    ) {
        self.rejected = rejected
        self.filtered = filtered
        self.sent = sent
        self.failed = failed
        self.pending = pending
        self.reasons = reasons
    }

    public var read: Int { rejected + filtered + sent + failed + pending }
    public var valid: Int { sent + failed + pending }
}
