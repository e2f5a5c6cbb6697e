/// The runs that there are and were.
public protocol RunLookup: Sendable {
    /// Newest first.
    func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary]
    /// As it stands at this moment: whatever was answered before is in it.
    func run(_ id: RunID) async throws(DeliveryError) -> RunSummary?
}

extension RunLookup {
    /// Runs of every kind, newest first.
    public func runs(limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary] {
        try await runs(RunQuery(), limit: limit, before: before)
    }
}
