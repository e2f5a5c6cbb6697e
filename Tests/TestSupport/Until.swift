/// Waits for something that nothing announces.
public func until(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(180)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened() }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Ends work that waits for what never comes: it is canceled, and the test that it belongs to fails.
public func limited<Value: Sendable>(
    to limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw NeverHappened()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw NeverHappened() }
        return value
    }
}

/// What a test waited for.
public struct NeverHappened: Error {}
