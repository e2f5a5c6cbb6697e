/// Which of the other nodes have expired: those whose heartbeat stood still for a whole lease while this node looked on
/// and kept its own. No clock but this one's decides, and it counts the time that a machine sleeps.
struct LeaseWatch: Sendable {
    struct Beat: Hashable, Sendable {
        var node: String
        var heartbeat: Int64
        var lease: Duration
    }

    private struct Seen {
        var heartbeat: Int64
        var since: ContinuousClock.Instant
    }

    private var seen: [String: Seen] = [:]
    private var lastLook: ContinuousClock.Instant?
    /// Who did not look for so long knows nothing of what happened in the meantime.
    static let longestGap = Duration.seconds(3)

    /// - Parameter isFresh: whether this node's own lease was renewed all the time.
    /// - Returns: the nodes that have expired.
    mutating func look(
        at beats: [Beat], now: ContinuousClock.Instant, isFresh: Bool
    ) -> [Beat] {
        let looksOn = isFresh && lastLook.map { $0.duration(to: now) <= Self.longestGap } == true
        lastLook = now
        let before = looksOn ? seen : [:]
        seen = Dictionary(
            beats.map { beat in
                let known = before[beat.node].flatMap { $0.heartbeat == beat.heartbeat ? $0 : nil }
                return (beat.node, known ?? Seen(heartbeat: beat.heartbeat, since: now))
            }
        ) { first, _ in first }
        return beats.filter { beat in seen[beat.node].map { $0.since.duration(to: now) >= beat.lease } == true }
    }
}
