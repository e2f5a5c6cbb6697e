import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal

/// The shared journal as its functions keep it: who is a node, whose run is whose, and the facts.
struct SimulatedDatabase {
    /// What the database says, or that nobody knows what it said.
    enum Fault: Error, Equatable {
        case connectionLost, nodeIsGone, isCommitted, commitsAreLost, belongsToAnother, anotherWasFaster
    }

    /// Faults that are put in by hand, to see them found.
    enum Defect: String, CaseIterable {
        /// Commits of a node that is no longer one are taken.
        case noFence
        /// What an expired node had under way counts for nothing.
        case uncountedTakeover
        /// A commit that is sent again is taken again.
        case unnumberedCommits
        /// A share grows before the others have confirmed theirs.
        case unconfirmedShares
        /// The engine of a node that was taken over continues with what it remembers.
        case unawareEngine
        /// A node does not continue a run that it had before and lost, or whose giving it did not hear of.
        case forgottenRuns
        /// Nobody looks whether the newest commits are still there.
        case unnoticedLoss
        /// Each node logs in for itself.
        case ownTokens
    }

    struct Node {
        var heartbeat: Int64 = 0
        var lease: Duration
        var beatAt: Double
        /// Why it can't deliver, as its heartbeat said it last.
        var fault: String?
    }

    struct Pause: Equatable {
        var until: Double
        var revision = 0
    }

    var nodes: [String: Node] = [:]
    var owners: [RunID: String] = [:]
    /// Since when nobody owns a run that is anybody's.
    var freeSince: [RunID: Double] = [:]
    var limits = SharedLimits()
    var pause: Pause?
    /// What each node has learned of the API's rate.
    var rates: [String: LearnedRates.Report] = [:]
    var token = SharedLogin()
    private var creations: [Int: RunID] = [:]
    private var log: [String: Set<Int64>] = [:]
    /// Numbers of the other transactions of each node.
    private var writes: [String: Set<Int64>] = [:]
    /// Which commits were taken, whatever the log says.
    private var taken: [String: Set<Int64>] = [:]
    private var takenWrites: [String: Set<Int64>] = [:]
    /// What nodes were told that it is kept.
    private var kept: [String: Set<Int64>] = [:]
    private var keptWrites: [String: Set<Int64>] = [:]
    /// What of it a failover lost.
    private var lost: [String: Set<Int64>] = [:]
    private var lostWrites: [String: Set<Int64>] = [:]
    private let store: SimulatedStore
    let defect: Defect?
    /// What a correct database would never have done.
    private(set) var violation: String?

    init(_ store: SimulatedStore, _ defect: Defect?) {
        self.store = store
        self.defect = defect
    }

    // MARK: Commits

    /// - Parameters:
    ///   - last: the commit that has to be there; `nil` when that does not matter.
    ///   - write: the other transaction that has to be there.
    mutating func commit(
        _ node: String, _ sequence: Int64, after last: Int64?, _ write: Int64?, _ operations: [JournalOperation]
    ) throws(Fault) {
        try hold(node)
        if !has(last, write, of: node), defect != .unnoticedLoss { throw .commitsAreLost }
        if log[node, default: []].contains(sequence), defect != .unnumberedCommits { throw .isCommitted }
        for operation in operations {
            guard let run = operation.run, operation.needsOwner, owners[run] != node else { continue }
            if defect != .noFence { throw .belongsToAnother }
        }
        log[node, default: []].insert(sequence)
        lost[node]?.remove(sequence)
        if !taken[node, default: []].insert(sequence).inserted {
            violation = "commit \(sequence) of node \(node) is taken twice"
        }
        for operation in operations {
            guard let run = operation.run else { continue }
            if owners[run] != node {
                // Where a run stands is for its owner to say.
                guard operation.needsOwner || defect == .noFence else { continue }
                violation = "node \(node) commits for run \(run), which belongs to \(owners[run] ?? "nobody")"
            }
            store.apply(operation)
        }
    }

    /// A transaction besides the commits.
    private mutating func hold(_ node: String, _ write: Int64) throws(Fault) {
        try hold(node)
        writes[node, default: []].insert(write)
        takenWrites[node, default: []].insert(write)
    }

    func has(_ commit: Int64?, _ write: Int64?, of node: String) -> Bool {
        (commit.map { log[node]?.contains($0) == true } ?? true)
            && (write.map { writes[node]?.contains($0) == true } ?? true)
    }

    func lastCommit(of node: String) -> Int64 { log[node]?.max() ?? 0 }

    // MARK: Failover

    /// A standby takes over that lacks the newest transactions.
    mutating func fallBack(to earlier: SimulatedDatabase) {
        let now = self
        self = earlier
        (violation, lost, lostWrites) = (now.violation, now.lost, now.lostWrites)
        (kept, keptWrites) = (now.kept, now.keptWrites)
        for (node, numbers) in kept { lost[node, default: []].formUnion(numbers.subtracting(taken[node] ?? [])) }
        for (node, numbers) in keptWrites {
            lostWrites[node, default: []].formUnion(numbers.subtracting(takenWrites[node] ?? []))
        }
    }

    /// A node was told that its commit is kept.
    mutating func keeps(_ commit: Int64, of node: String) { kept[node, default: []].insert(commit) }
    mutating func keepsWrite(_ write: Int64, of node: String) { keptWrites[node, default: []].insert(write) }

    /// Nodes whose transactions are lost for good.
    var losers: Set<String> {
        Set((Array(lost) + Array(lostWrites)).filter { !$0.value.isEmpty }.map(\.key))
    }

    func hold(_ node: String) throws(Fault) {
        guard nodes[node] != nil || defect == .noFence else { throw .nodeIsGone }
    }

    // MARK: Nodes

    mutating func join(_ node: String, lease: Duration, clock: Double) {
        if nodes[node] == nil { nodes[node] = Node(lease: lease, beatAt: clock) }
    }

    mutating func beat(_ node: String, fault: String?, clock: Double) -> Bool {
        guard nodes[node] != nil else { return false }
        nodes[node]?.heartbeat += 1
        nodes[node]?.fault = fault
        nodes[node]?.beatAt = clock
        return true
    }

    /// - Parameter heartbeat: the one that stood still; `nil` when the process is known to be dead.
    /// - Returns: the records that are in doubt from now on; `nil` when the node lives.
    mutating func takeOver(
        _ node: String, by own: String, _ write: Int64, heartbeat: Int64?, clock: Double
    ) throws(Fault) -> Int? {
        try hold(own, write)
        guard let known = nodes[node], heartbeat == nil || known.heartbeat == heartbeat else { return nil }
        var inDoubt = 0
        for run in owners.filter({ $0.value == node }).keys.sorted() where store.runs[run]?.isOpen == true {
            owners[run] = nil
            freeSince[run] = clock
            if defect == .uncountedTakeover {
                store.forgetWhatIsSending(run)
            } else {
                inDoubt += store.countInDoubt(run)
            }
        }
        remove(node)
        return inDoubt
    }

    mutating func leave(_ node: String, clock: Double) {
        guard nodes[node] != nil else { return }
        for run in owners.filter({ $0.value == node }).keys where store.runs[run]?.isOpen == true {
            owners[run] = nil
            freeSince[run] = clock
        }
        remove(node)
    }

    private mutating func remove(_ node: String) {
        nodes[node] = nil
        (log[node], writes[node], rates[node]) = (nil, nil, nil)
        if token.node == node { token.node = nil }
        for name in SharedLimits.divided { limits.shares[name]?.leave(node) }
        limits.version += 1
    }

    // MARK: Runs

    mutating func claimOne(_ node: String, _ write: Int64, clock: Double) throws(Fault) -> RunID? {
        try hold(node, write)
        func count(_ node: String) -> Int { owners.count { $0.value == node && store.runs[$0.key]?.isOpen == true } }
        let others = delivering(clock)
        for run in store.runs.values.sorted(by: { $0.id < $1.id }) {
            guard run.isOpen, owners[run.id] == nil, run.standingOrder == nil || run.standingOrder == .paused,
                let since = freeSince[run.id],
                !(clock - 2...clock).contains(since) || others.allSatisfy({ count(node) <= count($0) })
            else { continue }
            owners[run.id] = node
            freeSince[run.id] = nil
            return run.id
        }
        return nil
    }

    private func delivering(_ clock: Double) -> [String] {
        nodes.filter { $0.value.fault == nil && $0.value.beatAt > clock - $0.value.lease.inSeconds / 2 }.keys.sorted()
    }

    func othersDeliver(than node: String, clock: Double) -> Bool { delivering(clock).contains { $0 != node } }

    /// Runs of a node that can't deliver become anybody's.
    mutating func free(_ runs: [RunID], of node: String, _ write: Int64, clock: Double) throws(Fault) {
        try hold(node, write)
        for run in runs where owners[run] == node && store.runs[run]?.isOpen == true {
            owners[run] = nil
            freeSince[run] = clock
        }
    }

    /// - Returns: `nil` when the run is another node's or has its end.
    mutating func reopen(
        _ run: RunID, by node: String, _ write: Int64, _ owner: RunOwner
    ) throws(Fault) -> (OpenedRun, [BatchRow])? {
        try hold(node)
        guard owners[run] == nil || owners[run] == node else { throw .belongsToAnother }
        try hold(node, write)
        guard let opened = store.reopen(run, by: owner) else { return nil }
        owners[run] = node
        freeSince[run] = nil
        return opened
    }

    /// - Parameter creation: makes of a creation that is repeated one run.
    mutating func create(
        _ node: String, _ write: Int64, creation: Int, _ source: RunSource, batchSize: Int, file: [Int] = []
    ) throws(Fault) -> RunID {
        try hold(node, write)
        if let run = creations[creation] { return run }
        let run = store.create(source, batchSize: batchSize, file: file)
        owners[run] = node
        creations[creation] = run
        return run
    }

    /// Sends again what failed in a run and nobody sends now.
    mutating func createRetry(
        _ node: String, _ write: Int64, creation: Int, of origin: RunID
    ) throws(Fault) -> RunID? {
        try hold(node, write)
        if let run = creations[creation] { return run }
        guard let run = store.createRetry(of: origin, onlyOne: false)?.run else { return nil }
        owners[run] = node
        creations[creation] = run
        return run
    }

    /// Each node collects single records in runs of its own.
    mutating func openSubmissions(
        _ node: String, _ write: Int64, creation: Int, extending last: RunID?
    ) throws(Fault) -> OpenedRun {
        try hold(node)
        if let last, owners[last] == node, let opened = store.extend(last) {
            try hold(node, write)
            return opened
        }
        let run = try create(node, write, creation: creation, .submissions, batchSize: 1000)
        return OpenedRun(run, SimulatedStore.new(.submissions, 1000))
    }

    /// Open runs of a node that are to be sent, whether or not somebody works on them.
    func ownRuns(of node: String) -> [RunID] {
        store.runs.values.filter { run in
            run.isOpen && owners[run.id] == node && (run.standingOrder == nil || run.standingOrder == .paused)
        }.map(\.id).sorted()
    }

    // MARK: Limits

    mutating func deal(_ next: SharedLimits, by node: String) throws(Fault) {
        guard next.version == limits.version else { throw .anotherWasFaster }
        try hold(node)
        limits = next
        limits.version += 1
        guard defect == .unconfirmedShares else { return }
        for name in SharedLimits.divided {
            for holder in limits.shares[name]?.holders ?? [] {
                limits.shares[name]?.confirm(holder.node, revision: holder.revision)
            }
        }
    }
}

extension SimulatedDatabase {
    /// Nothing more is granted to a node that may be dead.
    func livingLimits(_ clock: Double) -> SharedLimits {
        var read = limits
        for name in SharedLimits.divided {
            for holder in limits.shares[name]?.holders ?? [] where holder.isBusy {
                guard let node = nodes[holder.node], node.beatAt > clock - node.lease.inSeconds / 2 else {
                    read.shares[name]?.take(part: holder.node, isBusy: false)
                    continue
                }
            }
        }
        return read
    }
}
