import DeliveryModel

/// One node's place among those that divide the limits: what it uses, what it has confirmed, and what it writes next.
///
/// A value without a database: it is told what was read and what the engine does, and returns what is to be written.
struct ShareSeat: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What the engine does now.
    struct Situation: Hashable, Sendable {
        /// Requests in flight, counted after the share was applied.
        var inFlight: Int
        var isBusy: Bool
    }

    let node: String
    /// The grants that the engine keeps to.
    private var applied: [ClusterLimits.Name: (revision: Int64, granted: Int)] = [:]
    private var turns: [ClusterLimits.Name: (turn: Int64, since: Instant)] = [:]
    private var lastBusy: Instant?

    /// How long a node keeps its place when others wait for one.
    static let turnLength = Duration.seconds(2)
    /// A node that has just had something to send will soon have more.
    static let restLength = Duration.seconds(5)

    init(node: String) { self.node = node }

    /// The engine keeps to what was read from here on.
    mutating func apply(_ read: SharedLimits) {
        for name in SharedLimits.divided {
            applied[name] = read.shares[name]?[node].map { ($0.revision, $0.granted) }
        }
    }

    /// - Parameter wanted: the limits as an operator of this node has just changed them; `nil` when nobody has.
    /// - Returns: what is to be written; `nil` when nothing changes.
    mutating func step(
        _ read: SharedLimits, _ situation: Situation, wanted: ClusterLimits? = nil, own: ClusterLimits, now: Instant
    ) -> SharedLimits? {
        var next = read
        if let wanted = wanted ?? (read.limits == nil ? own : nil) { next.limits = wanted }
        // A version of this program that knew no shared hours stored the others.
        if next.window == nil { next.window = SharedLimits.Hours(text: own.window) }
        if situation.isBusy { lastBusy = now }
        let isBusy = lastBusy.map { $0.duration(to: now) < Self.restLength } ?? false
        for name in SharedLimits.divided {
            guard var shares = next.shares[name] else { continue }
            shares.take(part: node, isBusy: isBusy)
            if let applied = applied[name], name != .concurrency || situation.inFlight <= applied.granted {
                shares.confirm(node, revision: applied.revision)
            }
            if isTurnOver(name, shares, now) { shares.nextTurn() }
            shares.deal()
            next.shares[name] = shares
        }
        return next == read ? nil : next
    }

    private mutating func isTurnOver(_ name: ClusterLimits.Name, _ shares: LimitShares, _ now: Instant) -> Bool {
        guard shares.takesTurns, let seen = turns[name], seen.turn == shares.turn else {
            turns[name] = (shares.turn, now)
            return false
        }
        return seen.since.duration(to: now) >= Self.turnLength
    }
}
