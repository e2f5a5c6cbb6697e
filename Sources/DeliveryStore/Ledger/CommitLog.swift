public import DeliveryModel

/// Where the engine makes its operations durable.
public protocol CommitLog: Sendable {
    /// Hands operations over; they become durable in the order of their handing over.
    ///
    /// When a commit fails, all later ones fail, too, until `beginCommits`: operations build on those before them.
    /// - Parameter completion: called when they are durable, or with the reason why not. It must return immediately.
    func commit(_ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void)

    /// Hands operations over without waiting; they are durable within a few milliseconds.
    /// - Parameter failed: called when they could not be made durable.
    func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void)

    /// Takes operations again after a commit has failed. For when whatever would build on what is missing has ended.
    func beginCommits()

    /// Why nothing becomes durable for now although nothing has failed: what was handed over waits for the store, and
    /// becomes durable when that is back. `nil` while it is there.
    var absence: DeliveryError? { get }

    /// Whether something can be written now: for readiness checks.
    func checkWritable() async throws(DeliveryError)
}

extension CommitLog {
    /// A store on this machine is never away.
    public var absence: DeliveryError? { nil }

    /// Returns when the operations are durable. What was handed over is committed even when the task is canceled.
    public func commit(_ operations: [JournalOperation]) async throws(DeliveryError) {
        let error = await withCheckedContinuation { continuation in
            commit(operations) { continuation.resume(returning: $0) }
        }
        if let error { throw error }
    }
}
