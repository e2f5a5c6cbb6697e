public import DeliveryModel

/// Forgets what is past its time, in steps so small that no commit waits for one.
///
/// What was sent before stays known, and so do the sums over all runs.
public protocol RetentionArchive: Sendable {
    /// Runs past their time, those that ended first before the others.
    func forgettableRuns(_ rule: RetentionRule, limit: Int) async throws(DeliveryError) -> [ForgettableRun]
    /// Removes some records of a run, if it is still past its time.
    /// - Returns: whether some were removed.
    func forgetSomeRecords(of run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool
    /// Removes a run that is past its time and has no records any more.
    /// - Returns: whether it was removed.
    func forgetRun(_ run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool
    /// Gives back a part of the space that is no longer needed.
    /// - Returns: whether there is more.
    func giveBackSomeSpace() async throws(DeliveryError) -> Bool
}
