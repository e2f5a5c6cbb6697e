/// How a limit of all nodes together is divided among them.
///
/// Each node may use what it was granted. What one gives up is granted to others only when it has confirmed that it uses
/// no more than the smaller share, or is gone: so the sum of what is used never exceeds the limit, however late somebody
/// hears of a change. Nodes with something to send divide what the others leave; where there are fewer places than nodes,
/// they take turns.
///
/// A value: a node reads it, takes its step, and writes it back unless another was faster.
struct LimitShares: Hashable, Sendable {
    struct Holder: Hashable, Sendable {
        var node: String
        /// What it may use as soon as it reads it.
        var granted = 0
        /// What it may still be using: never less than `granted`.
        var held = 0
        /// Counts its grants, so that a late confirmation of an earlier one confirms nothing.
        var revision: Int64 = 0
        /// Whether it has something to send.
        var isBusy = false
    }

    /// As much as anybody wants, when there is no limit.
    static let unlimited = Int.max

    /// `nil` means no limit.
    var limit: Int?
    /// Whose turn it is when there are fewer places than nodes.
    var turn: Int64 = 0
    /// In the order of their ids.
    private(set) var holders: [Holder] = []

    init(limit: Int?, turn: Int64 = 0, holders: [Holder] = []) {
        self.limit = limit
        self.turn = turn
        self.holders = holders.sorted { $0.node < $1.node }
    }

    subscript(_ node: String) -> Holder? { holders.first { $0.node == node } }

    /// What all of them may be using; `unlimited` when one of them may use anything.
    var held: Int { holders.reduce(0) { Self.sum($0, $1.held) } }

    // MARK: Steps

    /// A node takes part, with nothing at first, and says whether it has something to send.
    mutating func take(part node: String, isBusy: Bool) {
        if let index = holders.firstIndex(where: { $0.node == node }) {
            holders[index].isBusy = isBusy
        } else {
            holders.append(Holder(node: node, isBusy: isBusy))
            holders.sort { $0.node < $1.node }
        }
    }

    mutating func leave(_ node: String) { holders.removeAll { $0.node == node } }

    /// A node uses no more than it was granted with that revision.
    mutating func confirm(_ node: String, revision: Int64) {
        guard let index = holders.firstIndex(where: { $0.node == node }), holders[index].revision == revision else {
            return
        }
        holders[index].held = holders[index].granted
    }

    /// Whether the nodes have to take turns.
    var takesTurns: Bool { limit.map { $0 > 0 && $0 < candidates.count } ?? false }

    mutating func nextTurn() { turn &+= 1 }

    /// Grants to each what it should have, as far as others have given it up.
    mutating func deal() {
        let wanted = targets
        for index in holders.indices where wanted[index] < holders[index].granted {
            holders[index].granted = wanted[index]
            holders[index].revision += 1
        }
        var room = limit.map { max(0, $0 - min(held, $0)) } ?? Self.unlimited
        // Who has least comes first.
        for index in holders.indices.sorted(by: { (holders[$0].granted, $0) < (holders[$1].granted, $1) }) {
            let possible = min(wanted[index], Self.sum(holders[index].held, room))
            guard possible > holders[index].granted else { continue }
            room -= limit == nil ? 0 : max(0, possible - holders[index].held)
            holders[index].held = max(holders[index].held, possible)
            holders[index].granted = possible
            holders[index].revision += 1
        }
    }

    // MARK: What each should have

    /// Those among whom places are dealt.
    private var candidates: [Int] {
        let busy = holders.indices.filter { holders[$0].isBusy }
        return busy.isEmpty ? Array(holders.indices) : busy
    }

    private var targets: [Int] {
        var targets = holders.map { _ in 0 }
        guard let limit else { return holders.map { _ in Self.unlimited } }
        let candidates = candidates
        guard !candidates.isEmpty, limit > 0 else { return targets }
        if limit < candidates.count {
            let first = Int(truncatingIfNeeded: UInt64(bitPattern: turn) % UInt64(candidates.count))
            for place in 0..<limit { targets[candidates[(first + place) % candidates.count]] = 1 }
            return targets
        }
        // Who has nothing to send keeps one place, so that it can begin without asking.
        if limit >= holders.count { targets = holders.map { _ in 1 } }
        let base = limit - (limit >= holders.count ? holders.count : 0)
        for (place, index) in candidates.enumerated() {
            targets[index] += base / candidates.count + (place < base % candidates.count ? 1 : 0)
        }
        return targets
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, isOver) = a.addingReportingOverflow(b)
        return isOver ? unlimited : sum
    }
}
