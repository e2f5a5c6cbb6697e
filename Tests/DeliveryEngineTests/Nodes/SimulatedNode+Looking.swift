import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal

/// How it looks at the others, takes over from them, and gives to them: one step after the other, as `serve` does it.
extension SimulatedNode {
    func lookAround() {
        later(1) { [self] in
            guard !isLeaving else { return }
            look { [self] in
                continueIdle { [self] in
                    giveUp { [self] in
                        giveAway { [self] in lookAround() }
                    }
                }
            }
        }
    }

    private func look(_ then: @escaping () -> Void) {
        if membership.takeSuspicion() { return checkNewest { [self] in later(0) { [self] in look(then) } } }
        let own = membership.id
        announce()
        cluster.travel(self, within: 5) { [self] (answer: Result<[LeaseWatch.Beat], Fault>) in
            guard case .success(let beats) = answer else { return then() }
            let wasFresh = isFresh
            takeOver(leases.look(at: beats, now: cluster.instant, isFresh: wasFresh)[...]) { [self] in
                guard wasFresh, scheduler.journalFault == nil, !scheduler.pacing.isTroubled else { return then() }
                claim(atMost: 8, then)
            }
        } asking: { database, _ throws(Fault) in
            database.nodes.filter { $0.key != own }.sorted { $0.key < $1.key }.map {
                LeaseWatch.Beat(node: $0.key, heartbeat: $0.value.heartbeat, lease: $0.value.lease)
            }
        }
    }

    /// A run that rests commits nothing, and its engine would never hear that it is another node by now.
    private func announce() {
        defer { announced = membership.id }
        guard announced != membership.id, cluster.database.defect != .unawareEngine else { return }
        tell(.commitFailed(nil, DeliveryError(.journal, "other nodes took over")))
    }

    // MARK: Taking

    private func takeOver(_ expired: ArraySlice<LeaseWatch.Beat>, _ then: @escaping () -> Void) {
        guard let beat = expired.first else { return then() }
        takeOver(beat.node, heartbeat: beat.heartbeat) { [self] in takeOver(expired.dropFirst(), then) }
    }

    func takeOver(_ node: String, heartbeat: Int64?, _ then: @escaping () -> Void = {}) {
        let own = membership.id
        write { database, write, clock throws(Fault) -> Int? in
            try database.takeOver(node, by: own, write, heartbeat: heartbeat, clock: clock)
        } then: { [self] (answer: Result<Int?, Fault>) in
            if case .success(let records?) = answer {
                cluster.tell("\(own) has taken over from \(node), \(records) records in doubt")
            }
            then()
        }
    }

    private func claim(atMost count: Int, _ then: @escaping () -> Void) {
        guard count > 0 else { return then() }
        let own = membership.id
        write { database, write, clock throws(Fault) in
            try database.claimOne(own, write, clock: clock)
        } then: { [self] (answer: Result<RunID?, Fault>) in
            guard case .success(let run?) = answer, let stored = cluster.store.runs[run] else { return then() }
            cluster.tell("\(own) continues with run \(run)")
            adopt(stored)
            claim(atMost: count - 1, then)
        }
    }

    private func adopt(_ run: MemoryLedger.Run) {
        guard run.isOpen, run.standingOrder != .stopped else { return }
        if cluster.database.defect == .forgottenRuns, run.new.owner.instance == owner.instance { return }
        var entry = RunQueue.Entry(cluster.store.summary(run))
        entry.isPaused = run.standingOrder == .paused
        decide { $0.enqueue([entry], at: $1) }
        beat()
    }

    /// Continues with runs that are this node's and that the engine knows nothing of.
    private func continueIdle(_ then: @escaping () -> Void) {
        guard cluster.database.defect != .forgottenRuns else { return then() }
        let own = membership.id
        cluster.travel(self, within: 5) { [self] (answer: Result<[RunID], Fault>) in
            guard case .success(let runs) = answer, own == membership.id else { return then() }
            for run in idle.look(at: runs.filter { !scheduler.isActive($0) }, now: cluster.instant) {
                cluster.tell("run \(run) is \(own)'s and rests: it continues")
                if let stored = cluster.store.runs[run] { adopt(stored) }
            }
            then()
        } asking: { database, _ throws(Fault) in
            database.ownRuns(of: own)
        }
    }

    // MARK: Giving

    /// Why the API takes nothing from it.
    var fault: String? {
        guard case .misconfigured(let message, _) = scheduler.pacing.hold(now: cluster.instant) else { return nil }
        return message
    }

    /// Others deliver what this node can't.
    private func giveUp(_ then: @escaping () -> Void) {
        let reason = lastingFault.look(at: fault, patience: cluster.plan.lease / 2, now: cluster.instant)
        guard let reason else { return then() }
        let own = membership.id
        cluster.travel(self, within: 5) { [self] (answer: Result<Bool, Fault>) in
            if case .success(true) = answer, own == membership.id, !isLeaving {
                decide { $0.yieldRuns(because: reason, at: $1) }
            }
            then()
        } asking: { database, clock throws(Fault) in
            database.othersDeliver(than: own, clock: clock)
        }
    }

    private func giveAway(_ then: @escaping () -> Void) {
        let (own, runs) = (membership.id, scheduler.yielded.sorted())
        guard !runs.isEmpty else { return then() }
        write { database, write, clock throws(Fault) in
            try database.free(runs, of: own, write, clock: clock)
        } then: { [self] (answer: Result<Void, Fault>) in
            if case .success = answer {
                cluster.tell("\(own) gives up runs \(runs)")
                decide { scheduler, _ in scheduler.gaveAway(runs) }
            }
            then()
        }
    }
}
