/// What becomes of requests in flight when a run is stopped.
public enum StopMode: Hashable, Codable, Sendable {
    /// Read no further, let the requests in flight end (at most 10 s).
    case finishInFlight
    /// Cut the requests in flight; their records are in doubt until the run is resumed.
    case now
}

/// Begins runs, and tells them what to do.
public protocol RunControl: Sendable {
    /// Begins a run.
    /// - Throws: `DeliveryError` that says why it can't begin.
    func start(_ request: RunRequest) async throws(DeliveryError) -> RunID
    /// Stops reading and sending until `unpause`; requests in flight end.
    /// - Throws: `conflict` when the run is not active.
    func pause(_ run: RunID) async throws(DeliveryError)
    /// Continues a paused run.
    func unpause(_ run: RunID) async throws(DeliveryError)
    /// Sends an active run although the send window is closed, until the process ends.
    func passWindow(_ run: RunID) async throws(DeliveryError)
    /// Ends an active run early; it can be resumed.
    /// - Throws: `conflict` when the run is not active.
    func stop(_ run: RunID, mode: StopMode) async throws(DeliveryError)
    /// Continues a run that was paused, stopped, failed, or interrupted by a crash.
    func resume(_ run: RunID) async throws(DeliveryError)
    /// Ends a run for good; what was not delivered is listed as failed.
    /// - Returns: what was never read, or can't be listed, and where it is; `nil` when nothing is left over.
    /// - Throws: `conflict` when the run has its end already.
    func discard(_ run: RunID) async throws(DeliveryError) -> String?
    /// Sends failed records again, as a run of its own.
    /// - Parameters:
    ///   - claim: the client's key under which the new run is noted, in the same commit.
    ///   - submittedBy: who asks for it; `nil` is this process's user.
    /// - Throws: `conflict` when nothing is left to send.
    func retry(
        _ run: RunID, _ selection: FailureSelection, claim: KeyClaim?, submittedBy: String?
    ) async throws(DeliveryError) -> RunID
    /// Waits until the run has ended (`done`, `stopped` or `failed`), or the task that waits is canceled.
    /// - Returns: the run as it stands then.
    func finished(_ run: RunID) async throws(DeliveryError) -> RunSummary
}

extension RunControl {
    /// Sends failed records again as this process's user, under no key.
    public func retry(_ run: RunID, _ selection: FailureSelection) async throws(DeliveryError) -> RunID {
        try await retry(run, selection, claim: nil, submittedBy: nil)
    }
}
