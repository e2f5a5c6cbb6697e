/// How fast, and when, records are sent.
public protocol PacingControl: Sendable {
    /// The most requests in flight, within `PacingLimits.concurrency`.
    func setConcurrency(_ maximum: Int) async
    /// Maximum records per second; `nil` means no limit.
    func setRate(_ maximum: Int?) async
    /// When records may be sent and how many a day, from here on until the process ends; open runs included.
    /// - Throws: `conflict` when it can't be understood.
    func setSchedule(_ schedule: SendSchedule) async throws(DeliveryError)
    /// What held runs back may be over: tries again now, whatever the time of the next check.
    func retryNow() async
}
