import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal

/// How it keeps its lease, and divides the limits with the others.
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
                if !hasNewest { membership.suspectLoss() }
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
            (rates, toldRate) = (LearnedRates(), nil)
            guard membership.isMember else { return next(0.5) }
        }
        cluster.travel(self, within: 5) { [self] (answer: Result<(SharedLimits, Double?, Int), Fault>) in
            guard case .success(let (read, pause, revision)) = answer, node == membership.id, membership.isMember else {
                return next(0.5)
            }
            if let pause, revision != pauseRevision {
                pauseRevision = revision
                if pause > 0 { decide { $0.throttle(for: .seconds(pause), at: $1) } }
            }
            shareRate()
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

    /// What it has learned of the API's rate, the others know, a little later.
    private func shareRate() {
        let node = membership.id
        cluster.travel(self, within: 5) { [self] (answer: Result<[String: LearnedRates.Report], Fault>) in
            guard case .success(let others) = answer, node == membership.id else { return }
            switch rates.look(at: others, rate: scheduler.learnedRate, isBusy: isBusy) {
            case .begin(let rate): decide { $0.adoptRate(rate, at: $1) }
            case .scale(let factor): decide { $0.scaleRate(by: factor, at: $1) }
            case nil: break
            }
            let own = rates.own
            guard own != toldRate else { return }
            toldRate = own
            cluster.travel(self, within: 5) { (_: Result<Void, Fault>) in
            } asking: { database, _ throws(Fault) in
                if database.nodes[node] != nil { database.rates[node] = own }
            }
        } asking: { database, _ throws(Fault) in
            database.rates.filter { $0.key != node }
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
