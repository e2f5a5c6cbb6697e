import CustomerRecords
import DeliveryModel
import DeliveryStore
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal

/// What has to be true of several nodes whatever happens.
extension SimulatedCluster {
    /// A request leaves: its intent is durable, and when the run is another node's by now, it counts as in doubt.
    func checkLeaving(_ node: SimulatedNode, _ unit: WorkUnit) {
        // What was promised before a failover holds no more, which the node's next commit finds out.
        if node.mayLackIntents { return }
        guard let run = store.runs[unit.run] else { return fail("run \(unit.run) is unknown") }
        guard let batch = run.batches[unit.sequence] else {
            if unit.sequence >= run.firstSequence {
                fail("run \(unit.run), batch \(unit.sequence + 1) leaves and the journal does not know it")
            }
            return
        }
        if database.owners[unit.run] == node.membership.id {
            let state = unit.machine.isWhole ? batch.state : batch.parts[unit.records.lowerBound]?.state
            if state != .sending {
                fail("run \(unit.run), batch \(unit.sequence + 1) leaves \(node.membership.id) without an intent")
            }
        } else if batch.state != .settled, !batch.isInDoubt, !batch.parts.values.contains(where: \.isInDoubt) {
            fail("\(node.membership.id) sends of run \(unit.run), which was taken over, what is not in doubt")
        }
    }

    /// The sum of what nodes use never exceeds the limit, but while requests end that left before it was lowered. What a
    /// node has in flight from before others took over from it is in nobody's share: nobody could know of it. It counts
    /// again for the node itself, which sends nothing in its place.
    func checkShares() {
        guard let shares = database.limits.shares[.concurrency], let limit = shares.limit, !hasJustFailedOver else {
            return
        }
        let members = living.filter { database.nodes[$0.membership.id] != nil }
        let inFlight = members.reduce(0) { sum, node in
            sum + node.inFlight.values.count { $0 == node.membership.id }
        }
        for node in members where node.inFlight.count != node.scheduler.pacing.inFlight {
            let (counted, known) = (node.scheduler.pacing.inFlight, node.inFlight.count)
            fail("\(known) requests of \(node.membership.id) are in flight, and \(counted) are counted")
        }
        if inFlight > max(limit, shares.held) {
            fail("\(inFlight) requests are in flight, \(limit) are allowed, and \(shares.held) are dealt out")
        }
        if shares.held > limit, shares.held > mostHeld { fail("\(shares.held) requests are dealt out of \(limit)") }
        mostHeld = max(limit, shares.held)
    }

    /// Everything has been healthy for a long time, and nobody has helped.
    func checkHealed() {
        for run in store.runs.values.sorted(by: { $0.id < $1.id }) where run.isOpen && run.standingOrder == nil {
            return fail("stalled: \(openStory)")
        }
    }

    /// What a client is told is accepted is in the journal.
    func checkAccepted(_ submission: SubmissionID) {
        guard let identity = submitted[submission], !store.accepted.contains(identity) else { return }
        fail("submission \(submission) is accepted, and the journal does not have it")
    }

    func checkEnd() {
        guard store.isEverythingDone else { return fail("nothing happens any more: \(openStory)") }
        checkLogins()
        let counted = store.runs.values.reduce(0) { $0 + $1.possibleDuplicates }
        // A loss that is for good is reported, unless the node that knew of it is gone.
        let losers = database.losers
        let silent = living.map(\.membership.id).filter { losers.contains($0) && !reported.contains($0) }
        if !silent.isEmpty { fail("commits of nodes \(silent) are lost, and nobody says so") }
        if losers.isEmpty, let fault = store.fault(with: api) { return fail(fault) }
        if plan.isRolling, counted > 0 { fail("\(counted) possible duplicates, and nodes were only told to end") }
        for run in store.runs.values {
            let counts = store.counts(run)
            if counts.pending != 0 || counts.read != store.total(run), run.state == .done {
                fail("run \(run.id) is done with \(counts.read) of \(store.total(run)), \(counts.pending) pending")
            }
        }
        if let failure = store.ledger.failures.values.first(where: { $0.record.retryingIn != nil }) {
            fail("record \(failure.record.cookie) is being retried, and nothing is open")
        }
    }

    /// Nodes that share a token don't take it from each other.
    private func checkLogins() {
        let logins = newestToken - (tokenWhenHealthy ?? newestToken)
        if logins > 4 * plan.nodes { fail("\(logins) logins since everything is healthy") }
    }
}
