public import DeliveryModel

/// Where the engine makes its facts durable. A protocol, so that a fault of the disk can be simulated and another store
/// can take the place of the embedded one.
public protocol CommitLog: Sendable {
    /// Returns when the operations are durable, in the order in which they were handed over.
    func commit(_ operations: [JournalOperation]) async throws(DeliveryError)

    /// Hands operations over without waiting; they are durable within a few milliseconds. `failed` is called when they could not be made durable.
    func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void)
}

extension Journal: CommitLog {
    /// Takes operations again after a commit has failed. For when whatever would build on what is missing has ended.
    public func beginCommits() { groupCommit.begin() }

    public func commit(_ operations: [JournalOperation]) async throws(DeliveryError) {
        let result = await withCheckedContinuation { continuation in
            groupCommit.add(operations) { continuation.resume(returning: $0) }
        }
        if case .failure(let error) = result { throw describe(error) }
    }

    public func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void) {
        groupCommit.addPatiently(operations) { [self] result in
            if case .failure(let error) = result { failed(describe(error)) }
        }
    }
}
