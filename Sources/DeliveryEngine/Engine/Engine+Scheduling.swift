import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

/// What leaves when.
extension Engine {
    /// Sends what may leave now, makes intents durable for what leaves next, and sees to it that it is called again.
    func pump() {
        guard journalFault == nil else { return }
        let now = clock.now
        endBackoffs(now: now)
        while let id = nextUnitToSend() {
            switch pacing.permission(now: now) {
            case .go: send(id, asProbe: false, now: now)
            case .probe: send(id, asProbe: true, now: now)
            case .wait(let until):
                if let until { wake(at: until) }
                showHolds(now: now)
                intend()
                return
            }
        }
        showHolds(now: now)
        intend()
    }

    /// Calls `pump` at a moment, unless it is called before.
    func wake(at instant: Instant) {
        if let wakesAt, wakesAt <= instant { return }
        wakesAt = instant
        start { [self] in
            do { try await clock.sleep(until: instant, tolerance: .zero) } catch { return }
            await woke(at: instant)
        }
    }

    private func woke(at instant: Instant) {
        guard wakesAt == instant else { return }
        wakesAt = nil
        pump()
    }

    /// The next unit, the runs taking turns.
    private func nextUnitToSend() -> WorkUnit.ID? {
        if refusals.isSuspicious, pacing.inFlight + splitting > 0 { return nil }
        for (index, run) in turns.enumerated() {
            guard let context = runs[run], context.machine.isGoing, let id = context.ready.first,
                let unit = units[id], pacing.hasRoom(for: unit.path)
            else { continue }
            turns.append(turns.remove(at: index))
            return id
        }
        return nil
    }

    private func send(_ id: WorkUnit.ID, asProbe: Bool, now: Instant) {
        guard var unit = units[id], let api else { return }
        _ = unit.machine.handle(.sent)
        unit.sentAt = now
        unit.isProbe = asProbe
        units[id] = unit
        runs[unit.run]?.ready.removeFirst()
        runs[unit.run]?.inFlight += 1
        pacing.sent(unit.path, records: unit.records.count, asProbe: asProbe, now: now)
        let request = BannerRequest(batch: unit.batch, records: unit.records, path: unit.path)
        start { [self] in
            let answer = await api.send(request)
            await answered(id, answer)
        }
    }

    private func endBackoffs(now: Instant) {
        guard !backoffs.isEmpty else { return }
        for (id, until) in backoffs where until <= now {
            backoffs[id] = nil
            guard var unit = units[id] else { continue }
            _ = unit.machine.handle(.backoffEnded)
            units[id] = unit
            runs[unit.run]?.backingOff -= 1
            runs[unit.run]?.ready.insert(id, at: 0)
        }
        if let next = backoffs.values.min() { wake(at: next) }
    }

    // MARK: Intents

    /// Makes the intents of the next batches durable, a little ahead of what is in flight, in one commit.
    private func intend() {
        guard !isIntending else { return }
        let lookahead = max(2, pacing.limit)
        var room = pacing.limit + lookahead - pacing.inFlight - turns.reduce(0) { $0 + (runs[$1]?.ready.count ?? 0) }
        // A commit costs the same for one batch as for many: wait until some are due.
        guard room >= lookahead / 2 else { return }
        var chosen: [WorkUnit.ID] = []
        while room > 0 {
            var found = false
            for run in turns where room > 0 {
                guard let context = runs[run], context.machine.isGoing, let id = context.planned.first else { continue }
                runs[run]?.planned.removeFirst()
                chosen.append(id)
                room -= 1
                found = true
            }
            if !found { break }
        }
        guard !chosen.isEmpty else { return }
        isIntending = true
        let operations = chosen.compactMap { id in units[id].map(intent) }
        commit({ operations }, then: { [chosen] in $0.intended(chosen) })
    }

    private func intended(_ ids: [WorkUnit.ID]) {
        isIntending = false
        var ending: Set<RunID> = []
        for id in ids {
            guard var unit = units[id] else { continue }
            _ = unit.machine.handle(.intentCommitted)
            units[id] = unit
            if unit.batch.count == 0 {
                settled(unit)
            } else if runs[unit.run]?.machine.isEnding == true {
                withdraw(id)
                ending.insert(unit.run)
            } else {
                runs[unit.run]?.ready.append(id)
            }
        }
        ending.forEach(checkEnd)
        pump()
    }

    private func intent(_ unit: WorkUnit) -> JournalOperation {
        guard unit.machine.isWhole else {
            return .sendPart(unit.run, sequence: unit.sequence, records: unit.records)
        }
        let batch = unit.batch
        let row = BatchRow(
            sequence: unit.sequence, state: batch.count == 0 ? .settled : .sending, start: batch.start, end: batch.end,
            checksum: batch.checksum, records: batch.count, tally: batch.tally)
        let rejects = plannedRejects.removeValue(forKey: unit.id)
        return .plan(unit.run, row, rejects: rejects?.kept ?? [], rejectsBytes: rejects?.length ?? 0)
    }

    // MARK: Holds

    /// Tells the runs, and so the screens, that the API holds them back, or that it does no more.
    private func showHolds(now: Instant) {
        let hold = pacing.hold(now: now)
        guard hold != shownHold else { return }
        shownHold = hold
        let event: RunMachine.Event
        switch hold {
        case .throttled(let until):
            event = .held(reason: "the API asked for a pause (429)", until: date(of: until, now: now))
        case .unavailable(let until):
            event = .held(
                reason: "the API does not answer", until: until.map { date(of: $0, now: now) })
        case nil:
            event = .released
        }
        for run in turns {
            runs[run]?.machine.handle(event)
            if let hold {
                runs[run]?.statistics.add(.warning, hold.words(at: date(of: hold.until ?? now, now: now)))
            } else {
                runs[run]?.statistics.add(.info, "the API answers again")
            }
        }
        publish()
    }
}

extension Pacing.Hold {
    var until: ContinuousClock.Instant? {
        switch self {
        case .throttled(let until): until
        case .unavailable(let until): until
        }
    }

    fileprivate func words(at date: Date) -> String {
        let time = date.formatted(.iso8601.time(includingFractionalSeconds: false))
        return switch self {
        case .throttled: "waiting until \(time): the API asked for a pause"
        case .unavailable(.some): "waiting until \(time): five requests in a row failed"
        case .unavailable(nil): "asking whether the API is back"
        }
    }
}
