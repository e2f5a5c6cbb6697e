public import DeliveryModel
import DeliveryStore

/// Which run is meant when the operator names none: the newest that this process may continue.
extension Engine {
    public func newestRunToRetry() async throws(DeliveryError) -> RunID? {
        let binding = binding
        if let run = try await journal.newestRunToRetry(for: binding) { return run }
        guard let other = try await runs(limit: 100, before: nil).first(where: { $0.undelivered > 0 }) else {
            return nil
        }
        return try refuse(other, binding)
    }

    public func newestRunToResume() async throws(DeliveryError) -> RunID? {
        let binding = binding
        // What another node works on is not to be continued.
        let open = try await journal.openRuns().filter { !configuration.storeKnowsOwners || !$0.state.isActive }
        if let run = open.last(where: { $0.binding.obstacle(to: binding, for: $0.id) == nil }) { return run.id }
        guard let last = open.last else { return nil }
        return try refuse(last, binding)
    }

    /// That there is nothing to continue would be wrong of a run that only belongs to another API.
    private nonisolated func refuse(_ run: RunSummary, _ binding: RunBinding) throws(DeliveryError) -> RunID? {
        if let obstacle = run.binding.obstacle(to: binding, for: run.id) { throw obstacle }
        return nil
    }
}
