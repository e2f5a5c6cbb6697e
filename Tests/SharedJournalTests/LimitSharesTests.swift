import Testing

@testable import SharedJournal

/// Three nodes that divide a limit, each with what it believes: what it has read of its share, and a confirmation that is
/// still on its way.
private struct Nodes: Hashable {
    struct Node: Hashable {
        var isThere = false
        var isBusy = false
        /// The newest grant that it has read, and what it may really be using of the API.
        var revision: Int64 = -1
        var granted = 0
        var uses = 0
        /// A confirmation that the database has not seen yet.
        var confirming: Int64?
    }

    var shares: LimitShares
    var nodes: [Node]

    static let names = ["a", "b", "c"]

    init(limit: Int?) {
        shares = LimitShares(limit: limit)
        nodes = Self.names.map { _ in Node() }
    }

    var used: Int { nodes.reduce(0) { $0 + $1.uses } }

    /// Revisions and turns grow forever; what matters of them is which are equal.
    var normalized: Nodes {
        var copy = self
        copy.shares.turn %= 6
        let holders = shares.holders.map { holder in
            var holder = holder
            guard let index = Self.names.firstIndex(of: holder.node) else { return holder }
            copy.nodes[index].revision = nodes[index].revision == holder.revision ? 0 : -1
            copy.nodes[index].confirming = nodes[index].confirming.map { $0 == holder.revision ? 0 : -1 }
            holder.revision = 0
            return holder
        }
        copy.shares = LimitShares(limit: shares.limit, turn: copy.shares.turn, holders: holders)
        return copy
    }

    /// Everything that can happen next.
    var successors: [Nodes] {
        var all: [Nodes] = []
        for index in nodes.indices {
            let (node, name) = (nodes[index], Self.names[index])
            func happens(_ body: (inout Nodes) -> Void) {
                var next = self
                body(&next)
                all.append(next)
            }
            guard node.isThere else {
                happens {
                    $0.nodes[index] = Node(isThere: true)
                    $0.shares.take(part: name, isBusy: false)
                    $0.shares.deal()
                }
                continue
            }
            // It leaves, or others took over: nothing of it is in flight any more.
            happens {
                $0.nodes[index] = Node()
                $0.shares.leave(name)
            }
            happens {
                $0.nodes[index].isBusy.toggle()
                $0.shares.take(part: name, isBusy: !node.isBusy)
                $0.shares.deal()
            }
            // It reads its share, and uses all of it from then on; what is in flight beyond it ends later.
            if let share = shares[name], share.revision != node.revision || share.granted != node.granted {
                happens {
                    $0.nodes[index].revision = share.revision
                    $0.nodes[index].granted = share.granted
                    $0.nodes[index].uses = max(node.uses, share.granted)
                }
            }
            if node.uses > node.granted { happens { $0.nodes[index].uses -= 1 } }
            if node.uses <= node.granted, node.confirming == nil, node.revision >= 0, shares[name]?.held != node.granted
            {
                happens { $0.nodes[index].confirming = node.revision }
            }
            if let revision = node.confirming {
                happens {
                    $0.nodes[index].confirming = nil
                    $0.shares.confirm(name, revision: revision)
                    $0.shares.deal()
                }
            }
        }
        if shares.takesTurns {
            var next = self
            next.shares.nextTurn()
            next.shares.deal()
            all.append(next)
        }
        return all
    }

    /// All of them look at the database until nothing changes any more.
    mutating func settle() {
        for _ in 0..<20 {
            for index in nodes.indices where nodes[index].isThere {
                guard let share = shares[Self.names[index]] else { continue }
                nodes[index].granted = share.granted
                nodes[index].uses = share.granted
                nodes[index].revision = share.revision
                nodes[index].confirming = nil
                shares.confirm(Self.names[index], revision: share.revision)
                shares.deal()
            }
        }
    }
}

@Suite("A limit that nodes divide")
struct LimitSharesTests {
    @Test(
        "whatever happens in whatever order, all nodes together never use more than the limit, and all of it once it is quiet",
        arguments: 0...4)
    func exhaustive(_ limit: Int) {
        let start = Nodes(limit: limit)
        var seen: Set<Nodes> = [start.normalized]
        var next = [start]
        while let state = next.popLast() {
            guard state.used <= limit else {
                Issue.record("\(state.used) of \(limit) are used: \(state)")
                return
            }
            var quiet = state
            quiet.settle()
            let all = quiet.shares.holders.reduce(0) { $0 + $1.granted }
            guard all == (quiet.shares.holders.isEmpty ? 0 : limit) else {
                Issue.record("\(all) of \(limit) are granted in the end: \(quiet)")
                return
            }
            for successor in state.successors where seen.insert(successor.normalized).inserted {
                next.append(successor)
            }
        }
        #expect(seen.count > 100)
    }

    @Test("after a limit was lowered nothing is granted to anybody until what is used lies below it")
    func lowered() {
        var shares = divided(12, among: ["a", "b"])
        shares.limit = 4
        shares.deal()
        #expect(shares.holders.map(\.granted) == [2, 2])
        #expect(shares.held == 12)
        shares.take(part: "c", isBusy: true)
        shares.confirm("a", revision: shares["a"]?.revision ?? 0)
        shares.deal()
        #expect(shares["c"]?.granted == 0)
        shares.confirm("b", revision: shares["b"]?.revision ?? 0)
        shares.deal()
        #expect(shares.held <= 4)
    }

    @Test("nodes that used as much as they liked have all to confirm a new limit before it is divided again")
    func limitAppears() {
        var shares = divided(nil, among: ["a", "b"])
        #expect(shares.holders.map(\.granted) == [LimitShares.unlimited, LimitShares.unlimited])
        shares.limit = 100
        shares.take(part: "c", isBusy: true)
        shares.deal()
        #expect(shares["c"]?.granted == 0)
        for node in ["a", "b"] {
            shares.confirm(node, revision: shares[node]?.revision ?? 0)
            shares.deal()
        }
        #expect(shares.held <= 100)
        #expect(shares["c"]?.granted ?? 0 > 0)
    }

    @Test("a late confirmation of an earlier grant confirms nothing")
    func lateConfirmation() {
        var shares = divided(4, among: ["a", "b"])
        let early = shares["a"]?.revision ?? 0
        shares.limit = 2
        shares.deal()
        shares.confirm("a", revision: early)
        #expect(shares["a"]?.held == 2)
        #expect(shares["a"]?.granted == 1)
    }

    @Test("who has something to send divides what the others leave, and they keep one place each")
    func busy() {
        var shares = divided(16, among: ["a", "b", "c"])
        shares.take(part: "b", isBusy: true)
        settle(&shares)
        #expect(shares.holders.map(\.granted) == [1, 14, 1])
    }

    @Test("with fewer places than nodes that have something to send, each has its turn")
    func turns() {
        var shares = divided(2, among: ["a", "b", "c"])
        for node in ["a", "b", "c"] { shares.take(part: node, isBusy: true) }
        var served: [String: Int] = [:]
        for _ in 0..<6 {
            #expect(shares.takesTurns)
            shares.nextTurn()
            settle(&shares)
            for holder in shares.holders { served[holder.node, default: 0] += holder.granted }
        }
        #expect(served == ["a": 4, "b": 4, "c": 4])
    }

    private func divided(_ limit: Int?, among nodes: [String]) -> LimitShares {
        var shares = LimitShares(limit: limit)
        for node in nodes { shares.take(part: node, isBusy: false) }
        settle(&shares)
        return shares
    }

    private func settle(_ shares: inout LimitShares) {
        for _ in 0..<5 {
            shares.deal()
            for holder in shares.holders { shares.confirm(holder.node, revision: holder.revision) }
        }
    }
}
