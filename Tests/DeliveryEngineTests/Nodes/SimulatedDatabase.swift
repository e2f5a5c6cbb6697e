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
        case connectionLost, nodeIsGone, isCommitted, belongsToAnother, anotherWasFaster
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
    private var creations: [Int: RunID] = [:]
    private var log: [String: Set<Int64>] = [:]
    /// Which commits were taken, whatever the log says.
    private var taken: [String: Set<Int64>] = [:]
    private let store: SimulatedStore
    let defect: Defect?
    /// What a correct database would never have done.
    private(set) var violation: String?

    init(_ store: SimulatedStore, _ defect: Defect?) {
        self.store = store
        self.defect = defect
    }

    // MARK: Commits

    mutating func commit(_ node: String, _ sequence: Int64, _ operations: [JournalOperation]) throws(Fault) {
        try hold(node)
        if log[node, default: []].contains(sequence), defect != .unnumberedCommits { throw .isCommitted }
        for operation in operations {
            guard let run = operation.run, operation.needsOwner, owners[run] != node else { continue }
            if defect != .noFence { throw .belongsToAnother }
        }
        log[node, default: []].insert(sequence)
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
    mutating func takeOver(_ node: String, heartbeat: Int64?, clock: Double) -> Int? {
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
        log[node] = nil
        for name in SharedLimits.divided { limits.shares[name]?.leave(node) }
        limits.version += 1
    }

    // MARK: Runs

    mutating func claimOne(_ node: String, clock: Double) throws(Fault) -> RunID? {
        try hold(node)
        func count(_ node: String) -> Int { owners.count { $0.value == node && store.runs[$0.key]?.isOpen == true } }
        let others = delivering(clock)
        for run in store.runs.values.sorted(by: { $0.id < $1.id }) {
            guard run.isOpen, owners[run.id] == nil, run.hold == nil || run.hold == .paused,
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
    mutating func free(_ runs: [RunID], of node: String, clock: Double) throws(Fault) {
        try hold(node)
        for run in runs where owners[run] == node && store.runs[run]?.isOpen == true {
            owners[run] = nil
            freeSince[run] = clock
        }
    }

    /// - Returns: `nil` when the run is another node's or has its end.
    mutating func reopen(_ run: RunID, by node: String, _ owner: RunOwner) throws(Fault) -> (OpenedRun, [BatchRow])? {
        try hold(node)
        guard owners[run] == nil || owners[run] == node else { throw .belongsToAnother }
        guard let opened = store.reopen(run, by: owner) else { return nil }
        owners[run] = node
        freeSince[run] = nil
        return opened
    }

    /// - Parameter creation: makes of a creation that is repeated one run.
    mutating func create(_ node: String, creation: Int, _ source: RunSource, batchSize: Int, file: [Int]) throws(Fault)
        -> RunID
    {
        try hold(node)
        if let run = creations[creation] { return run }
        let run = store.create(source, batchSize: batchSize, file: file)
        owners[run] = node
        creations[creation] = run
        return run
    }

    /// Open runs of a node that are to be sent, whether or not somebody works on them.
    func ownRuns(of node: String) -> [RunID] {
        store.runs.values.filter { run in
            run.isOpen && owners[run.id] == node && (run.hold == nil || run.hold == .paused)
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

extension JournalOperation {
    var run: RunID? {
        switch self {
        case .plan(let run, _, _, _, _, _), .sendPart(let run, _, _), .acknowledge(let run, _, _, _, _),
            .markRecovered(let run, _, _), .fail(let run, _, _, _, _), .split(let run, _, _, _, _),
            .mayHaveBeenApplied(let run, _, _, _), .withdraw(let run, _, _, _), .compact(let run, _),
            .progress(let run, _), .state(let run, _, _), .hold(let run, _), .wait(let run, _), .notices(let run, _),
            .identify(let run, _), .unsentFile(let run, _), .store(let run, _, _, _):
            run
        case .deliver, .answer, .audit: nil
        }
    }

    /// Whether a commit of another node than the owner fails for it; others change nothing then.
    var needsOwner: Bool {
        switch self {
        case .plan, .sendPart, .acknowledge, .markRecovered, .fail, .split, .mayHaveBeenApplied, .withdraw, .compact,
            .store:
            true
        case .progress, .state, .hold, .wait, .notices, .identify, .unsentFile, .deliver, .answer, .audit: false
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
