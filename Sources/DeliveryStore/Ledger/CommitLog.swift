public import DeliveryModel

/// Where the engine makes its facts durable.
public protocol CommitLog: Sendable {
    /// Returns when the operations are durable, in the order in which they were handed over.
    ///
    /// When a commit fails, all later ones fail, too, until `beginCommits`: facts build on those before them.
    func commit(_ operations: [JournalOperation]) async throws(DeliveryError)

    /// Hands operations over like `commit`; `completion` is called when they are durable, or with the reason why not.
    /// It must return immediately.
    func commit(_ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void)

    /// Hands operations over without waiting; they are durable within a few milliseconds.
    /// - Parameter failed: called when they could not be made durable.
    func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void)

    /// Takes operations again after a commit has failed. For when whatever would build on what is missing has ended.
    func beginCommits()

    /// Whether something can be written now: for readiness checks.
    func checkWritable() async throws(DeliveryError)
}

extension CommitLog {
    /// For a log that can only be waited for. It is committed whoever waits, so the task belongs to nobody.
    public func commit(
        _ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void
    ) {
        Task {
            do throws(DeliveryError) {
                try await commit(operations)
                completion(nil)
            } catch {
                completion(error)
            }
        }
    }
}
