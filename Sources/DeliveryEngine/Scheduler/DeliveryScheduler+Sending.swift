import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

/// What leaves when.
extension DeliveryScheduler {
    /// Sends what may leave now, makes intents durable for what leaves next, and sees to it that it is called again.
    mutating func pump(at moment: Moment) {
        let now = moment.instant
        noteWindowPeriod(at: moment)
        closeEndedTrays(at: moment)
        if journalFault == nil {
            advanceSubmissions(at: moment)
            endBackoffs(at: moment)
            askForCount(at: moment)
            sendWhatMay(at: moment)
            probeLogin(now: now)
            intend(at: moment)
        }
        endGraces(at: moment)
        showHolds(at: moment)
        sayHold(at: moment)
        countFruitless(at: moment)
        // After everything that adds to the queue or makes room: nothing else may come that would ask again.
        openQueued(at: moment)
        wakeNext(at: moment)
    }

    private mutating func sendWhatMay(at moment: Moment) {
        guard hasAPI else { return }
        let isOpen = windowOpens(at: moment) == nil
        var room = roomToday(at: moment)
        while room > 0, let run = nextRunToServe(room: room, isWindowOpen: isOpen), let id = nextUnit(of: run) {
            let records = units[id]?.records.count ?? 0
            switch pacing.permission(now: moment.instant) {
            case .go: send(id, of: run, asProbe: false, at: moment)
            case .probe: send(id, of: run, asProbe: true, at: moment)
            case .wait: return
            }
            room -= records
            if !isOpen { passTurnToWaiting() }
        }
    }

    /// What others send while a run waits for the send window is not saved up: a run that comes after it opens would have
    /// to wait until that is made up for.
    private func passTurnToWaiting() {
        for id in roundRobin {
            guard let run = runs[id], !run.passesWindow else { continue }
            run.turn = max(run.turn, turn)
        }
    }

    /// The run with something to send of which the fewest records left.
    /// - Parameter room: records that may leave.
    private func nextRunToServe(room: Int, isWindowOpen: Bool) -> DeliveryRun? {
        var next: DeliveryRun?
        for id in roundRobin {
            guard let run = runs[id], isWindowOpen || run.passesWindow, run.machine.isRunnable,
                let unit = nextUnit(of: run), !mustWaitForItself(run),
                next.map({ run.turn < $0.turn }) ?? true, let path = units[unit]?.path, pacing.hasRoom(for: path),
                room == .max || units[unit].map({ $0.records.count <= room }) == true
            else { continue }
            next = run
        }
        return next
    }

    /// Parts leave before new batches, unless only a whole batch can tell whether the API refuses everything.
    private func nextUnit(of run: DeliveryRun) -> WorkUnit.ID? {
        let whole = lacksWholeBatches(run) ? run.ready.first { isWhole($0) } : nil
        return whole ?? run.ready.first
    }

    private func lacksWholeBatches(_ run: DeliveryRun) -> Bool {
        !run.isRefusalAccepted && run.refusals.lacksWholeBatches(acknowledgements)
    }

    private func isWhole(_ unit: WorkUnit.ID) -> Bool { units[unit]?.machine.isWhole == true }

    /// Whether it sends one request at a time, and one is under way.
    func mustWaitForItself(_ run: DeliveryRun) -> Bool {
        guard isProbing(run) || (!run.isRefusalAccepted && run.refusals.isSuspicious(acknowledgements)) else {
            return false
        }
        return run.inFlight + run.committing > 0
    }

    private mutating func send(_ id: WorkUnit.ID, of run: DeliveryRun, asProbe: Bool, at moment: Moment) {
        guard var unit = units[id] else { return impossible("unit \(id) is gone", run.id, at: moment) }
        guard advance(&unit, .sent, at: moment) != nil else { return }
        unit.sentAt = moment.instant
        unit.isProbe = asProbe
        units[id] = unit
        run.ready.removeAll { $0 == id }
        run.inFlight += 1
        // It never goes back, else whoever comes after a run that has waited for long would be ahead of all others.
        turn = max(turn, run.turn)
        run.turn += max(1, unit.records.count)
        pacing.sent(unit.path, records: unit.records.count, asProbe: asProbe, now: moment.instant)
        act(.send(id, BannerRequest(unit)))
    }

    /// Tells a unit's machine something.
    /// - Returns: what has to be done; `nil` when the event is a defect, which has ended the run.
    mutating func advance(
        _ unit: inout WorkUnit, _ event: BatchMachine.Event, at moment: Moment
    ) -> BatchMachine.Action? {
        let action = unit.machine.handle(event)
        guard case .impossible(let what) = action else { return action }
        impossible(what, unit.run, at: moment)
        return nil
    }

    /// Puts a unit among those that may leave. Of a run that ends, none may: it is withdrawn, else the end would wait for
    /// it forever.
    mutating func makeReady(_ id: WorkUnit.ID, of run: DeliveryRun, first: Bool, at moment: Moment) {
        guard !run.machine.isEnding else {
            withdraw(id, at: moment)
            checkEnd(run.id, at: moment)
            return
        }
        // Time in which it had nothing to send is not saved up. While requests of it are under way, the next batch may come
        // late: it catches up with two of them.
        if run.ready.isEmpty {
            let late = run.inFlight == 0 ? 0 : 2 * (units[id]?.records.count ?? 0)
            run.turn = max(run.turn, turn - late)
        }
        if first { run.ready.insert(id, at: 0) } else { run.ready.append(id) }
    }

    // MARK: Backoffs

    private mutating func endBackoffs(at moment: Moment) {
        guard !backoffs.isEmpty else { return }
        for (id, until) in backoffs.sorted(by: { $0.key > $1.key }) where until <= moment.instant {
            backoffs[id] = nil
            guard var unit = units[id], let run = runs[unit.run] else { continue }
            run.backingOff -= 1
            let action = advance(&unit, .backoffEnded, at: moment)
            units[id] = unit
            switch action {
            case .count: count(unit, of: run, at: moment)
            // A unit that fails again and again must not be the only one that asks whether the API is back.
            case .nothing: makeReady(id, of: run, first: pacing.breaker.isClosed, at: moment)
            // An event that the unit did not expect has ended its run already.
            case nil, .acknowledge, .backOff, .sendAgain, .split, .fail, .misconfigured, .impossible: break
            }
        }
    }

    /// Durable before it leaves again: otherwise a crash could hide how often it was sent.
    private mutating func count(_ unit: WorkUnit, of run: DeliveryRun, at moment: Moment) {
        run.committing += 1
        commit(
            [unit.mayHaveBeenApplied, .progress(run.id, run.progress(now: moment.instant))], then: .counted(unit.id))
    }

    mutating func counted(_ id: WorkUnit.ID, at moment: Moment) {
        // A unit that is gone belonged to a run that was ended by a fault of the journal.
        guard var unit = units[id], let run = runs[unit.run] else { return }
        run.committing -= 1
        addDoubt(&unit, of: run)
        _ = advance(&unit, .counted, at: moment)
        units[id] = unit
        makeReady(id, of: run, first: pacing.breaker.isClosed, at: moment)
    }

    /// A request that may have been applied is repeated, or has failed for good.
    func addDoubt(_ unit: inout WorkUnit, of run: DeliveryRun) {
        run.statistics.possibleDuplicates += unit.records.count
        if !unit.isInDoubt { run.statistics.recordsInDoubt += unit.records.count }
        unit.isInDoubt = true
    }

    // MARK: Intents

    /// Makes the intents of the next batches durable, a little ahead of what is in flight, in one commit.
    private mutating func intend(at moment: Moment) {
        // What can't leave for hours must not be in doubt after a crash.
        guard !isIntending, hasAPI else { return }
        var room = roomToIntend(at: moment)
        guard room > 0 else { return }
        let isOpen = windowOpens(at: moment) == nil
        let going = roundRobin.compactMap { runs[$0] }.filter {
            (isOpen || $0.passesWindow) && $0.machine.isRunnable && !$0.planned.isEmpty
        }
        guard !going.isEmpty else { return }
        let lookahead = max(2, pacing.limit)
        let share = max(2, (pacing.limit + lookahead) / max(1, runnableRuns))
        let missing = going.map { run in
            let isAsked = lacksWholeBatches(run) && !run.ready.contains { isWhole($0) }
            return max(isAsked ? 1 : 0, share - run.inFlight - run.ready.count)
        }
        // A commit costs the same for one batch as for many: wait until some are due, unless a run has none left.
        let isStarving = zip(going, missing).contains { run, missing in
            missing > 0 && (run.ready.isEmpty && roundRobin.count > 1 || lacksWholeBatches(run))
        }
        guard isStarving || missing.reduce(0, +) >= min(lookahead / 2, share) else { return }
        var operations: [JournalOperation] = []
        var chosen: [WorkUnit.ID] = []
        for (run, count) in zip(going, missing) {
            for _ in 0..<min(count, run.planned.count) where room > 0 {
                guard let id = intend(run, room: room, at: moment, &operations) else { break }
                chosen.append(id)
                room -= units[id]?.records.count ?? 0
            }
        }
        guard !chosen.isEmpty else { return }
        isIntending = true
        commit(operations, then: .intended(chosen))
    }

    /// Takes the run's next planned unit.
    /// - Parameter room: records that it may hold today.
    private mutating func intend(
        _ run: DeliveryRun, room: Int, at moment: Moment, _ operations: inout [JournalOperation]
    ) -> WorkUnit.ID? {
        guard let id = run.planned.first, var unit = units[id] else { return nil }
        run.planned.removeFirst()
        if unit.machine.isWhole {
            operations.append(plan(unit))
            unit.rejects = nil
        } else {
            operations.append(.sendPart(unit.run, sequence: unit.sequence, records: unit.records))
        }
        // More than may leave in a second, since an operator has lowered the rate after it was read; or than may leave
        // today.
        let maximum = min(policy.rate ?? .max, room)
        while unit.records.count > maximum {
            let middle = unit.records.lowerBound + unit.records.count / 2
            operations += [
                .split(
                    unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole, at: middle),
                .withdraw(
                    unit.run, sequence: unit.sequence, records: middle..<unit.records.upperBound, isWhole: false),
            ]
            let isFirstSending = !unit.isRepeated
            let rest = add(middle..<unit.records.upperBound, of: unit, state: .planned)
            units[rest]?.isFirstSending = isFirstSending
            run.planned.insert(rest, at: 0)
            run.split(unit.sequence, into: 2)
            units[unit.id] = nil
            let first = add(unit.records.lowerBound..<middle, of: unit, state: .planned)
            guard var smaller = units[first] else { return nil }
            smaller.isUncounted = unit.isUncounted
            smaller.isFirstSending = isFirstSending
            unit = smaller
        }
        guard advance(&unit, .intentBegan, at: moment) != nil else { return nil }
        units[unit.id] = unit
        run.committing += 1
        return unit.id
    }

    private func plan(_ unit: WorkUnit) -> JournalOperation {
        let batch = unit.batch
        let row = BatchRow(
            sequence: unit.sequence, state: batch.count == 0 ? .settled : .sending, start: batch.start, end: batch.end,
            checksum: batch.checksum, records: batch.count, tally: batch.tally)
        return .plan(
            unit.run, row, rejects: unit.rejects?.kept ?? [], rejectsBytes: unit.rejects?.length ?? 0,
            notices: unit.rejects?.notices, read: unit.rejects?.read)
    }

    mutating func add(_ records: Range<Int>, of unit: WorkUnit, state: BatchMachine.State) -> WorkUnit.ID {
        nextUnit += 1
        units[nextUnit] = unit.part(records, id: nextUnit, state: state)
        return nextUnit
    }

    mutating func intended(_ ids: [WorkUnit.ID], at moment: Moment) {
        isIntending = false
        for id in ids {
            guard var unit = units[id], let run = runs[unit.run] else { continue }
            run.committing -= 1
            if unit.isUncounted {
                run.count(unit.batch, as: unit.sequence)
                unit.isUncounted = false
            }
            _ = advance(&unit, .intentCommitted, at: moment)
            units[id] = unit
            if unit.batch.count == 0 {
                settled(unit, at: moment)
            } else {
                makeReady(id, of: run, first: false, at: moment)
            }
        }
    }

    // MARK: Time

    private mutating func wakeNext(at moment: Moment) {
        let now = moment.instant
        var next = backoffs.values.min()
        func consider(_ instant: Instant?) {
            guard let instant else { return }
            next = next.map { min($0, instant) } ?? instant
        }
        if journalFault == nil, shutdown == nil, hasAPI { consider(queue.nextDue) }
        consider(submissionsDue)
        if !roundRobin.isEmpty {
            consider(windowDue(at: moment))
            consider(dailyDue(at: moment))
        }
        for id in roundRobin { consider(runs[id]?.graceEnds) }
        if journalFault == nil, !roundRobin.isEmpty || pacing.isTroubled,
            case .wait(let until?) = pacing.permission(now: now)
        {
            consider(until)
        }
        guard let next else { return }
        if let wakesAt, wakesAt <= next, wakesAt > now { return }
        wakesAt = next
        act(.wake(at: next))
    }
}
