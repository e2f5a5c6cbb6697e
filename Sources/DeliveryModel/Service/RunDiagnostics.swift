/// How runs went, beyond their counts.
public protocol RunDiagnostics: Sendable {
    /// How fast a run that has ended went; `nil` when that was not recorded.
    func graph(of run: RunID) async -> RunGraph?
    /// The newest requests to the API, newest first: what the running process sent, and a few hundred of it.
    func recentRequests() async throws(DeliveryError) -> [RequestTrace]
}
