import DeliveryModel
import DeliveryStore

@testable import DeliveryEngine
@testable import SharedJournal

/// How it talks to the database: commits one after the other under their numbers, all else as it comes.
extension SimulatedNode {
    typealias Fault = SimulatedDatabase.Fault

    /// - Parameter patience: seconds until a database that is away counts as that.
    func ask<Value>(
        patience: Double, _ body: @escaping (inout SimulatedDatabase, _ clock: Double) throws(Fault) -> Value,
        then: @escaping (Result<Value, Fault>) -> Void
    ) {
        let since = cluster.time
        cluster.travel(self) { [self] (answer: Result<Value, Fault>) in
            if case .failure(.connectionLost) = answer, cluster.time - since < patience {
                return later(cluster.delay(0.02...0.5)) { [self] in
                    ask(patience: patience - (cluster.time - since), body, then: then)
                }
            }
            then(answer)
        } asking: { database, clock throws(Fault) in
            try body(&database, clock)
        }
    }

    // MARK: Commits

    func add(_ entry: Waiting) {
        waiting.append(entry)
        guard !isCommitting else { return }
        isCommitting = true
        later(0) { [self] in commitNext() }
    }

    func commit(_ operations: [JournalOperation], _ then: @escaping (DeliveryError?) -> Void) {
        add(Waiting(operations: operations, node: membership.id, completion: then))
    }

    private func commitNext() {
        let entries = waiting
        waiting = []
        let operations = entries.flatMap(\.operations)
        guard commitFailure == nil, !operations.isEmpty else { return conclude(entries, commitFailure) }
        let (node, sequence) = membership.nextCommit()
        guard entries.allSatisfy({ $0.node == node }) else {
            commitFailure = DeliveryError(.journal, "other nodes took over")
            return conclude(entries, commitFailure)
        }
        write(node, sequence, operations, entries)
    }

    /// A commit with an unknown outcome goes again under its number, for as long as it takes.
    private func write(_ node: String, _ sequence: Int64, _ operations: [JournalOperation], _ entries: [Waiting]) {
        cluster.travel(self) { [self] (answer: Result<Void, Fault>) in
            // The process has to end, and gave up waiting.
            if let commitFailure { return conclude(entries, commitFailure) }
            switch answer {
            case .success, .failure(.isCommitted): conclude(entries, nil)
            case .failure(.connectionLost):
                later(cluster.delay(0.02...0.5)) { [self] in write(node, sequence, operations, entries) }
            case .failure(let fault):
                cluster.tell("commit \(sequence) of \(node) is refused: \(fault)")
                if fault == .nodeIsGone { membership.lost(node) }
                commitFailure = DeliveryError(.journal, "\(fault)")
                conclude(entries, commitFailure)
            }
        } asking: { database, _ throws(Fault) in
            try database.commit(node, sequence, operations)
        }
    }

    private func conclude(_ entries: [Waiting], _ error: DeliveryError?) {
        for entry in entries {
            entry.completion?(error)
            if let error {
                tell(.commitFailed(entry.then, error))
            } else if let event = entry.then {
                tell(event)
            }
        }
        isCommitting = !waiting.isEmpty
        if isCommitting { later(0) { [self] in commitNext() } }
    }

    /// What waits for a database that is away fails, since the process has to end.
    func cancelCommits() {
        commitFailure = DeliveryError(.journal, "the journal is closed")
        let entries = waiting
        waiting = []
        conclude(entries, commitFailure)
        isCommitting = false
    }

    // MARK: Beginning again

    /// Tried every two seconds.
    func recover() {
        later(2) { [self] in
            recover()
            guard scheduler.mayRecover, !isLeaving else { return }
            checkWritable { [self] isWritable in
                guard isWritable, scheduler.mayRecover else { return }
                (commitFailure, announced) = (nil, membership.id)
                cluster.tell("\(membership.id) begins again")
                tell(.journalRecovered)
            }
        }
    }

    /// A node that others took over joins again here, as another one.
    func checkWritable(_ then: @escaping (Bool) -> Void) {
        guard membership.isMember else { return join(then) }
        let id = membership.id
        ask(patience: 5) { database, _ throws(Fault) in
            try database.hold(id)
        } then: { [self] (answer: Result<Void, Fault>) in
            if case .failure(.nodeIsGone) = answer { membership.lost(id) }
            if case .success = answer { then(true) } else { then(false) }
        }
    }

    func join(_ then: @escaping (Bool) -> Void) {
        let (id, lease, sent) = (membership.id, cluster.plan.lease, cluster.instant)
        ask(patience: 5) { database, clock throws(Fault) in
            database.join(id, lease: lease, clock: clock)
        } then: { [self] (answer: Result<Void, Fault>) in
            guard case .success = answer else { return then(false) }
            membership.joined(id, sentAt: sent)
            cluster.tell("\(id) is a node")
            // A process that died in the same state directory needs no lease to be waited for.
            if let last = cluster.nodeFiles[name], last != id { takeOver(last, heartbeat: nil) }
            cluster.nodeFiles[name] = id
            then(true)
        }
    }
}
