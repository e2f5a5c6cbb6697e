import DeliveryEngine
import DeliveryModel
import RunHooks

extension Connector {
    /// Does the engine's work while `body` uses it, and tells the hooks of every run that ends.
    func run<Value: Sendable>(
        telling hooks: HookRunner?, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let hooks, !hooks.isEmpty else { return try await run(body) }
        // Before anything can end.
        let ended = engine.endedRuns()
        return try await hooks.serving {
            try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask {
                    for await summary in ended {
                        if let text = try? SummaryJSON.text(summary) { hooks.notify(text) }
                    }
                    return nil
                }
                group.addTask { try await run(body) }
                var result: Value?
                for try await value in group {
                    if let value { result = value }
                }
                guard let result else { throw CancellationError() }
                return result
            }
        }
    }
}
