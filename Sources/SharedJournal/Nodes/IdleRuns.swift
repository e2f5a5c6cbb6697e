import DeliveryModel

/// Runs that are this node's and that its engine does not work on: the answer that gave one to it was lost, or it could
/// not be begun. Nobody else takes them while the node lives.
struct IdleRuns: Sendable {
    private var since: [RunID: ContinuousClock.Instant] = [:]
    /// A run that was just created or taken is about to be begun.
    static let patience = Duration.seconds(10)

    /// - Parameter idle: those that are idle now.
    /// - Returns: those that were for so long that the engine has to be given them again.
    mutating func look(at idle: [RunID], now: ContinuousClock.Instant) -> [RunID] {
        since = Dictionary(idle.map { ($0, since[$0] ?? now) }) { first, _ in first }
        let forgotten = idle.filter { run in since[run].map { $0.duration(to: now) >= Self.patience } == true }
        for run in forgotten { since[run] = now }
        return forgotten
    }
}
