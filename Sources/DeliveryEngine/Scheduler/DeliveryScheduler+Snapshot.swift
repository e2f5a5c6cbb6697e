import DeliveryModel
import Foundation

/// What the faces see.
extension DeliveryScheduler {
    func snapshot(host: String?, at moment: Moment) -> EngineSnapshot {
        let now = moment.instant
        for id in roundRobin { runs[id]?.statistics.advance(now: now) }
        let breaker: EngineSnapshot.Breaker =
            switch pacing.breaker.state {
            case .closed: .closed
            case .open(let until, _): .open(until: moment.date(of: until))
            case .probing: .probing
            }
        var snapshot = EngineSnapshot(
            runs: (runs.values.map { $0.snapshot(now: now) } + queuedSnapshots(at: moment)).sorted { $0.id < $1.id },
            apiHost: host, fault: journalFault?.message, breaker: breaker, lastSuccess: lastSuccess,
            inFlight: pacing.inFlight, concurrencyLimit: pacing.limit, concurrencyMaximum: policy.concurrency,
            rateMaximum: policy.rate, requestRateLimit: pacing.rateGate.rate(now: now))
        snapshot.requestsInFlight = requestsInFlight(at: moment)
        snapshot.holds = holds(at: moment)
        snapshot.schedule = SendSchedule(window: policy.window?.text, dailyLimit: policy.dailyLimit)
        if let daily, daily.isKnown(at: moment.date) { snapshot.sentToday = daily.sent }
        snapshot.latencies = latencies
        snapshot.queuedRuns = queue.unpausedCount + openings.count
        snapshot.refusal = refusal
        return snapshot
    }

    /// What the API answers to every record, as long as there is a run that asks it again.
    private var refusal: String? {
        guard let latestRefusal, latestRefusal.acknowledgements == acknowledgements else { return nil }
        let isAskedAgain =
            runs.values.contains { $0.ended == nil && isProbing($0) }
            || openings.values.contains { $0.entry?.refusedAt == acknowledgements }
            || queue.contains { $0.refusedAt == acknowledgements && !$0.isPaused }
        return isAskedAgain ? latestRefusal.reason : nil
    }

    private func requestsInFlight(at moment: Moment) -> [RequestInFlight] {
        units.values.filter { $0.machine.state == .inFlight }.compactMap { request(of: $0.id, at: moment) }
            .sorted { ($0.started, $0.id) < ($1.started, $1.id) }
    }

    /// A request as it is in flight.
    func request(of id: WorkUnit.ID, at moment: Moment) -> RequestInFlight? {
        guard let unit = units[id] else { return nil }
        return RequestInFlight(
            id: unit.id, run: unit.run, batch: unit.sequence + 1, records: unit.records.count,
            attempt: unit.machine.attempts + 1, started: moment.date(of: unit.sentAt ?? moment.instant),
            isProbe: unit.isProbe)
    }

    private func holds(at moment: Moment) -> [DeliveryHold] {
        var holds: [DeliveryHold] = []
        if let journalFault { holds.append(DeliveryHold(kind: .journal, reason: journalFault.message)) }
        if let hold = hold(at: moment) {
            holds.append(
                DeliveryHold(
                    kind: hold.kind, reason: reason(hold, at: moment), until: end(of: hold, at: moment)))
        }
        for entry in shownQueue {
            guard let reason = entry.reason else { continue }
            holds.append(
                DeliveryHold(
                    kind: Self.kind(of: entry), run: entry.run, reason: reason,
                    until: entry.notBefore.map { moment.date(of: $0) }))
        }
        return holds
    }

    private static func kind(of entry: RunQueue.Entry) -> DeliveryHold.Kind {
        entry.refusalPause == nil ? .unavailable : .refused
    }

    /// Those that operators act on: the next ones, and those that are held or paused.
    private var shownQueue: [RunQueue.Entry] { queue.shown(maximum: 20) }

    private func queuedSnapshots(at moment: Moment) -> [RunSnapshot] {
        shownQueue.map { entry in
            var snapshot = RunSnapshot(summary: queued(entry, at: moment))
            if entry.reason != nil, !entry.isPaused { snapshot.hold = Self.kind(of: entry) }
            return snapshot
        }
    }

    /// A run that waits for its turn, a moment or an operator.
    func queued(_ entry: RunQueue.Entry, at moment: Moment) -> RunSummary {
        var summary = entry.summary
        summary.state = .preparing
        if entry.isPaused {
            summary.state = .paused
        } else if let reason = entry.reason {
            summary.state = .waiting(reason: reason, until: entry.notBefore.map { moment.date(of: $0) })
        }
        return summary
    }
}
