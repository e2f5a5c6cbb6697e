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

    /// A transaction of this node besides its commits, when those before it are done. It gets its number then.
    func write<Value>(
        _ body: @escaping (inout SimulatedDatabase, _ write: Int64, _ clock: Double) throws(Fault) -> Value,
        then: @escaping (Result<Value, Fault>) -> Void
    ) {
        let node = membership.id
        enqueueWrite { [self] in
            guard let (number, last) = membership.nextWrite(of: node) else {
                writeNext()
                return then(.failure(.nodeIsGone))
            }
            ask(patience: 5) { database, clock throws(Fault) in
                let hasLast = database.has(nil, last, of: node)
                return (try body(&database, number, clock), hasLast)
            } then: { [self] (answer: Result<(Value, Bool), Fault>) in
                if case .success((_, let hasLast)) = answer {
                    cluster.database.keepsWrite(number, of: node)
                    membership.wrote(node, number, hasLast: hasLast)
                }
                writeNext()
                then(answer.map { $0.0 })
            }
        }
    }

    /// What is asked on the connection of the writes, when those before it are done.
    func askInTurn<Value>(
        _ body: @escaping (inout SimulatedDatabase, _ clock: Double) throws(Fault) -> Value,
        then: @escaping (Result<Value, Fault>) -> Void
    ) {
        enqueueWrite { [self] in
            ask(patience: 5, body) { [self] (answer: Result<Value, Fault>) in
                writeNext()
                then(answer)
            }
        }
    }

    private func enqueueWrite(_ body: @escaping () -> Void) {
        writes.append(body)
        if !isWriting { writeNext() }
    }

    private func writeNext() {
        isWriting = !writes.isEmpty
        guard isWriting else { return }
        later(0, writes.removeFirst())
    }

    // MARK: Commits

    typealias Commit = RecentCommits<JournalOperation>.Commit

    func add(_ entry: Waiting) {
        waiting.append(entry)
        guard !isCommitting else { return }
        isCommitting = true
        later(0) { [self] in commitNext() }
    }

    func commit(_ operations: [JournalOperation], _ then: @escaping (DeliveryError?) -> Void) {
        add(Waiting(operations: operations, node: membership.id, completion: then))
    }

    /// Looks whether the database still has what this node committed, although there is nothing to commit.
    func checkNewest(_ then: @escaping () -> Void) {
        add(Waiting(operations: [], node: membership.id, completion: { _ in then() }, isCheck: true))
    }

    private func commitNext() {
        let entries = waiting
        waiting = []
        let operations = entries.flatMap(\.operations)
        guard commitFailure == nil, !operations.isEmpty || entries.contains(where: \.isCheck) else {
            return conclude(entries, commitFailure)
        }
        let (node, sequence) = membership.nextCommit()
        guard entries.allSatisfy({ $0.node == node }) else {
            return fail(entries, "other nodes took over")
        }
        let commit = Commit(
            node: node, sequence: sequence, operations: operations, sent: cluster.instant, date: cluster.date)
        let (last, write) = (recent.last(of: node), membership.lastWrite)
        send(commit, after: last, write) { [self] fault in
            switch fault {
            case nil: acknowledged(commit, entries)
            case .commitsAreLost: restore(commit, write, entries)
            case let fault?: fail(entries, "\(fault)")
            }
        }
    }

    private func acknowledged(_ commit: Commit, _ entries: [Waiting]) {
        recent.acknowledged(commit, now: cluster.instant)
        cluster.database.keeps(commit.sequence, of: commit.node)
        mayLackIntents = false
        conclude(entries, nil)
    }

    /// A commit with an unknown outcome goes again under its number, for as long as it takes.
    private func send(_ commit: Commit, after last: Int64?, _ write: Int64?, _ then: @escaping (Fault?) -> Void) {
        cluster.travel(self) { [self] (answer: Result<Void, Fault>) in
            // The process has to end, and gave up waiting.
            if commitFailure != nil { return then(.connectionLost) }
            switch answer {
            case .success, .failure(.isCommitted): then(nil)
            case .failure(.connectionLost):
                later(cluster.delay(0.02...0.5)) { [self] in send(commit, after: last, write, then) }
            case .failure(let fault):
                cluster.tell("commit \(commit.sequence) of \(commit.node) is refused: \(fault)")
                if fault == .nodeIsGone { membership.lost(commit.node) }
                then(fault)
            }
        } asking: { database, _ throws(Fault) in
            try database.commit(commit.node, commit.sequence, after: last, write, commit.operations)
        }
    }

    /// Writes again what this node committed and the database lacks.
    private func restore(_ commit: Commit, _ write: Int64?, _ entries: [Waiting]) {
        let node = commit.node
        cluster.travel(self) { [self] (answer: Result<(Int64, Bool, Set<RunID>), Fault>) in
            guard case .success((let known, let hasWrite, let runs)) = answer else {
                if commitFailure != nil { return conclude(entries, commitFailure) }
                return later(cluster.delay(0.02...0.5)) { [self] in restore(commit, write, entries) }
            }
            var (missing, isComplete) = recent.missing(of: node, after: known)
            cluster.tell("\(node) lacks \(missing.count) commits, and writes them again")
            for number in missing.indices where missing[number].leaveOut(allBut: runs) { isComplete = false }
            again(missing, isComplete && hasWrite, commit, entries)
        } asking: { database, _ throws(Fault) in
            let runs = Set(database.owners.filter { $0.value == node }.keys)
            return (database.lastCommit(of: node), database.has(nil, write, of: node), runs)
        }
    }

    private func again(_ missing: [Commit], _ isComplete: Bool, _ commit: Commit, _ entries: [Waiting]) {
        if let first = missing.first {
            return send(first, after: nil, nil) { [self] fault in
                if fault == .nodeIsGone || commitFailure != nil { return fail(entries, "\(fault as Any)") }
                // What follows builds on it.
                again(fault == nil ? Array(missing.dropFirst()) : [], isComplete && fault == nil, commit, entries)
            }
        }
        guard isComplete else {
            cluster.tell("\(commit.node) reports a loss, and begins again with what is there")
            cluster.reported.insert(commit.node)
            recent = RecentCommits()
            membership.forgetWrites()
            return fail(entries, "commits are lost")
        }
        send(commit, after: nil, nil) { [self] fault in
            if let fault { fail(entries, "\(fault)") } else { acknowledged(commit, entries) }
        }
    }

    private func fail(_ entries: [Waiting], _ why: String) {
        commitFailure = commitFailure ?? DeliveryError(.journal, why)
        conclude(entries, commitFailure)
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
        askInTurn { database, _ throws(Fault) in
            try database.hold(id)
        } then: { [self] (answer: Result<Void, Fault>) in
            if case .failure(.nodeIsGone) = answer { membership.lost(id) }
            if case .success = answer { then(true) } else { then(false) }
        }
    }

    func join(_ then: @escaping (Bool) -> Void) {
        let (id, lease, sent) = (membership.id, cluster.plan.lease, cluster.instant)
        askInTurn { database, clock throws(Fault) in
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
