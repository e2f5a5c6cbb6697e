public import DeliveryModel
import DeliveryStore

/// Which run is meant when the operator names none: the newest that this process may continue.
extension Engine {
    public func newestRunToRetry() async throws -> RunID? {
        try await journal.newestRunToRetry(for: binding)
    }

    public func newestRunToResume() async throws -> RunID? {
        let binding = binding
        return try await journal.openRuns().last {
            RunBinding(api: $0.api, profile: $0.profile).obstacle(to: binding, for: $0.id) == nil
        }?.id
    }
}
