/// How long a node has been unable to deliver: others may be as well, and say so with their next heartbeats.
struct LastingFault: Sendable {
    private var since: ContinuousClock.Instant?

    /// - Parameter fault: why it can't now.
    /// - Returns: the reason, when it lasts.
    mutating func look(at fault: String?, patience: Duration, now: ContinuousClock.Instant) -> String? {
        guard let fault else {
            since = nil
            return nil
        }
        let start = since ?? now
        since = start
        return start.duration(to: now) >= patience ? fault : nil
    }
}
