public import DeliveryModel

public import struct Foundation.Date

/// Who did what. Entries are added by `JournalOperation.audit`, or with the run that a command creates; none is changed,
/// and none that is younger than the retention can be removed.
public protocol AuditArchive: Sendable {
    /// Newest first.
    func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry]
    /// Removes some entries and counts that are past their time.
    /// - Returns: whether something is left to be removed.
    func forgetSomeAudit(before oldest: Date, countsBefore: Date) async throws(DeliveryError) -> Bool
}

/// How long audit entries are kept, in seconds.
public enum AuditRetention {
    /// How long an entry is kept at least.
    public static let seconds = 2 * 366 * 86_400.0
    /// How long it is known how many records were sent in a quarter of an hour. A day is the longest that is asked for.
    public static let countSeconds = 8 * 86_400.0
}
