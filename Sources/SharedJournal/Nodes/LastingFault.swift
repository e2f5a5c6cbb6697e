/// How long a node has been unable to deliver: others may be as well, and say so with their next heartbeats. What it
/// accepts is collected for as long again each time, so that single records do not make a run a second.
struct LastingFault: Sendable {
    private var since: ContinuousClock.Instant?

    /// - Parameter fault: why it can't now.
    /// - Returns: the reason, when it has lasted for so long since it was returned last.
    mutating func look(at fault: String?, patience: Duration, now: ContinuousClock.Instant) -> String? {
        guard let fault else {
            since = nil
            return nil
        }
        let start = since ?? now
        let isDue = start.duration(to: now) >= patience
        since = isDue ? now : start
        return isDue ? fault : nil
    }
}
