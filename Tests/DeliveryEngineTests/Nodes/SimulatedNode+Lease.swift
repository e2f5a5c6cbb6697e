import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal

/// How it keeps its lease, takes over from others, and divides the limits with them.
extension SimulatedNode {
    /// Whether there is something to send, or may be soon.
    var isBusy: Bool {
        scheduler.pacing.inFlight > 0 || !scheduler.queue.isEmpty || !scheduler.openings.isEmpty
            || scheduler.roundRobin.contains { run in scheduler.runs[run].map { $0.machine.state != .paused } ?? false }
    }

    func heartbeat() {
        let next = { [self] (seconds: Double) in later(seconds) { [self] in heartbeat() } }
        guard membership.isMember else {
            // What it still has under way was taken over. When that has come to its end, it is a node again.
            if !isBusy, !isLeaving { checkWritable { _ in } }
            return next(0.5)
        }
        let (id, sent, lease) = (membership.id, cluster.instant, cluster.plan.lease)
        let (fault, last, write) = (fault, recent.last(of: id), membership.lastWrite)
        cluster.travel(self, within: lease.inSeconds / 2) { [self] (answer: Result<(Bool, Bool), Fault>) in
            switch answer {
            case .success((true, let hasNewest)):
                membership.joined(id, sentAt: sent)
                if !hasNewest { checkNewest() }
            case .success((false, _)): lost(id)
            case .failure: return next(0.5)
            }
            next(lease.inSeconds / 5)
        } asking: { database, clock throws(Fault) in
            (database.beat(id, fault: fault, clock: clock), database.has(last, write, of: id))
        }
    }

    /// Others took over: nothing of it is this node's any more.
    private func lost(_ id: String) {
        cluster.tell("\(id) was silent for longer than its lease")
        membership.lost(id)
    }

    /// A run that rests commits nothing, and its engine would never hear that it is another node by now.
    private func announce() {
        defer { announced = membership.id }
        guard announced != membership.id, cluster.database.defect != .unawareEngine else { return }
        tell(.commitFailed(nil, DeliveryError(.journal, "other nodes took over")))
    }

    func lookAround() {
        later(1) { [self] in
            guard !isLeaving else { return }
            let own = membership.id
            announce()
            continueIdle()
            if let reason = lastingFault.look(at: fault, patience: cluster.plan.lease / 2, now: cluster.instant) {
                giveUp(because: reason)
            }
            giveAway()
            cluster.travel(self, within: 5) { [self] (answer: Result<[LeaseWatch.Beat], Fault>) in
                defer { lookAround() }
                guard case .success(let beats) = answer else { return }
                let wasFresh = isFresh
                for beat in leases.look(at: beats, now: cluster.instant, isFresh: wasFresh) {
                    takeOver(beat.node, heartbeat: beat.heartbeat)
                }
                if wasFresh, scheduler.journalFault == nil, !scheduler.pacing.isTroubled { claimOne() }
            } asking: { database, _ throws(Fault) in
                database.nodes.filter { $0.key != own }.sorted { $0.key < $1.key }.map {
                    LeaseWatch.Beat(node: $0.key, heartbeat: $0.value.heartbeat, lease: $0.value.lease)
                }
            }
        }
    }

    /// Continues with runs that are this node's and that the engine knows nothing of.
    private func continueIdle() {
        guard cluster.database.defect != .forgottenRuns else { return }
        let own = membership.id
        cluster.travel(self, within: 5) { [self] (answer: Result<[RunID], Fault>) in
            guard case .success(let runs) = answer, own == membership.id else { return }
            for run in idle.look(at: runs.filter { !scheduler.isActive($0) }, now: cluster.instant) {
                cluster.tell("run \(run) is \(own)'s and rests: it continues")
                if let stored = cluster.store.runs[run] { adopt(stored) }
            }
        } asking: { database, _ throws(Fault) in
            database.ownRuns(of: own)
        }
    }

    /// Why the API takes nothing from it.
    private var fault: String? {
        guard case .misconfigured(let message, _) = scheduler.pacing.hold(now: cluster.instant) else { return nil }
        return message
    }

    /// Others deliver what this node can't.
    private func giveUp(because reason: String) {
        let own = membership.id
        cluster.travel(self, within: 5) { [self] (answer: Result<Bool, Fault>) in
            guard case .success(true) = answer, own == membership.id, !isLeaving else { return }
            decide { $0.yieldRuns(because: reason, at: $1) }
        } asking: { database, clock throws(Fault) in
            database.othersDeliver(than: own, clock: clock)
        }
    }

    private func giveAway() {
        let (own, runs) = (membership.id, scheduler.yielded.sorted())
        guard !runs.isEmpty else { return }
        write { database, write, clock throws(Fault) in
            try database.free(runs, of: own, write, clock: clock)
        } then: { [self] (answer: Result<Void, Fault>) in
            guard case .success = answer else { return }
            cluster.tell("\(own) gives up runs \(runs)")
            decide { scheduler, _ in scheduler.gaveAway(runs) }
        }
    }

    func takeOver(_ node: String, heartbeat: Int64?) {
        let own = membership.id
        write { database, write, clock throws(Fault) -> Int? in
            try database.takeOver(node, by: own, write, heartbeat: heartbeat, clock: clock)
        } then: { [self] (answer: Result<Int?, Fault>) in
            guard case .success(let records?) = answer else { return }
            cluster.tell("\(own) has taken over from \(node), \(records) records in doubt")
        }
    }

    private func claimOne() {
        let own = membership.id
        write { database, write, clock throws(Fault) in
            try database.claimOne(own, write, clock: clock)
        } then: { [self] (answer: Result<RunID?, Fault>) in
            guard case .success(let run?) = answer, let stored = cluster.store.runs[run] else { return }
            cluster.tell("\(own) continues with run \(run)")
            adopt(stored)
        }
    }

    private func adopt(_ run: MemoryLedger.Run) {
        guard run.isOpen, run.hold != .stopped else { return }
        if cluster.database.defect == .forgottenRuns, run.new.owner.instance == owner.instance { return }
        var entry = RunQueue.Entry(cluster.store.summary(run))
        entry.isPaused = run.hold == .paused
        decide { $0.enqueue([entry], at: $1) }
        beat()
    }

    // MARK: Limits

    func divide() {
        later(0) { [self] in step { [self] wait in later(wait) { [self] in divide() } } }
    }

    private func step(_ next: @escaping (Double) -> Void) {
        let node = membership.id
        if node != seat.node || !membership.isMember {
            // Whoever took over has taken its share, too.
            if share != NodeShare.none {
                use(.none, storedLimits ?? ClusterLimits(concurrency: cluster.plan.concurrency))
            }
            (seat, storedLimits) = (ShareSeat(node: node), nil)
            guard membership.isMember else { return next(0.5) }
        }
        cluster.travel(self, within: 5) { [self] (answer: Result<(SharedLimits, Double?, Int), Fault>) in
            guard case .success(let (read, pause, revision)) = answer, node == membership.id, membership.isMember else {
                return next(0.5)
            }
            if let pause, revision != pauseRevision {
                pauseRevision = revision
                if pause > 0 { decide { $0.pauseAskedOfAnother(.seconds(pause), at: $1) } }
            }
            let wanted = storedLimits.flatMap { $0 == limits ? nil : limits }
            if let stored = read.limits, wanted == nil {
                let share = read.share(of: node)
                if share != self.share || stored != storedLimits { use(share, stored) }
                storedLimits = stored
                seat.apply(read)
            }
            let situation = ShareSeat.Situation(inFlight: scheduler.pacing.inFlight, isBusy: isBusy)
            let own = ClusterLimits(concurrency: cluster.plan.concurrency, rate: cluster.plan.rate)
            let changed = seat.step(read, situation, wanted: wanted, own: own, now: cluster.instant)
            guard let changed else { return next(isBusy ? 0.1 : 0.5) }
            cluster.travel(self, within: 5) { [self] (answer: Result<Void, Fault>) in
                switch answer {
                case .success:
                    if let wanted { storedLimits = wanted }
                    next(0)
                case .failure(.anotherWasFaster): next(cluster.delay(0.01...0.1))
                case .failure: next(0.5)
                }
            } asking: { database, _ throws(Fault) in
                try database.deal(changed, by: node)
            }
        } asking: { database, clock throws(Fault) in
            (database.livingLimits(clock), database.pause.map { $0.until - clock }, database.pause?.revision ?? 0)
        }
    }

    private var limits: ClusterLimits {
        ClusterLimits(concurrency: scheduler.policy.concurrency, rate: scheduler.policy.rate)
    }

    private func use(_ share: NodeShare, _ limits: ClusterLimits) {
        self.share = share
        decide { $0.use(share, of: limits, at: $1) }
    }

    /// What the API asks one node for holds for all of them.
    func tellOthers(_ seconds: Double) {
        cluster.travel(self, within: 5) { (_: Result<Void, Fault>) in
        } asking: { database, clock throws(Fault) in
            let known = database.pause
            guard known.map({ $0.until < clock + seconds - 0.05 }) ?? true else { return }
            database.pause = SimulatedDatabase.Pause(until: clock + seconds, revision: (known?.revision ?? 0) + 1)
        }
    }
}
