import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI
import SystemPackage

/// How runs end: by themselves, by the operator, by a fault.
extension Engine {
    func requestStop(_ run: RunID, reason: String, mode: StopMode) {
        guard runs[run]?.ended == nil, runs[run] != nil else { return }
        endEarly(run, .stopRequested(reason: reason))
        switch mode {
        case .now:
            abandonInFlight(of: run)
        case .finishInFlight:
            guard let context = runs[run], context.inFlight > 0 else { return }
            let end = clock.now + configuration.stopGrace
            context.graceEnds = end
            start { [self] in
                do { try await clock.sleep(until: end) } catch { return }
                await endGrace(of: run)
            }
        }
    }

    /// Gives requests in flight no more time, unless the run has ended in time and goes on already.
    func endGrace(of run: RunID) {
        guard let end = runs[run]?.graceEnds, end <= clock.now else { return }
        abandonInFlight(of: run)
    }

    /// Reads and sends nothing more; what is in flight may end.
    func endEarly(_ run: RunID, _ event: RunMachine.Event) {
        guard let context = runs[run], context.ended == nil else { return }
        let wasEnding = context.machine.isEnding
        context.machine.handle(event)
        if !wasEnding {
            if case .failed(let reason) = event {
                logger.error("run \(run): \(reason)")
                runs[run]?.statistics.add(.error, reason)
            }
            for id in context.planned + context.ready { withdraw(id) }
            for (id, _) in backoffs where units[id]?.run == run {
                backoffs[id] = nil
                runs[run]?.backingOff -= 1
                withdraw(id)
            }
        }
        releaseReader(run)
        publish()
        checkEnd(run)
    }

    /// A unit that will not be sent in this process. Nothing of it is under way.
    func withdraw(_ id: WorkUnit.ID) {
        guard var unit = units[id] else { return }
        let wasPlanned = unit.machine.state == .planned
        _ = unit.machine.handle(.withdraw)
        // A planned batch is unknown to the journal, or stands there as planned: it is read again when the run goes on.
        if !wasPlanned {
            record([
                .withdraw(
                    unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole)
            ])
        }
        drop(unit)
    }

    /// A unit whose answer says that nothing was applied and that nothing more is to be sent.
    func withdrawRefused(_ id: WorkUnit.ID) {
        guard let unit = units[id] else { return }
        record([
            .withdraw(unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole)
        ])
        drop(unit)
        checkEnd(unit.run)
    }

    /// Requests in flight get no more time. Their records stay in doubt.
    func abandonInFlight(of run: RunID) {
        guard runs[run]?.ended == nil else { return }
        let now = clock.now
        for unit in units.values where unit.run == run && unit.machine.state == .inFlight {
            pacing.abandoned(unit.path, wasProbe: unit.isProbe, now: now)
            runs[run]?.inFlight -= 1
            drop(unit)
        }
        checkEnd(run)
        pump()
    }

    private func drop(_ unit: WorkUnit) {
        units[unit.id] = nil
        plannedRejects[unit.id] = nil
        submissions.settle(unit, .pending)
        guard let run = runs[unit.run] else { return }
        run.planned.removeAll { $0 == unit.id }
        run.ready.removeAll { $0 == unit.id }
        _ = run.close(unit.sequence, isWithdrawn: true)
    }

    /// The journal can't be written: nothing may leave any more that is not journaled.
    func journalFailed(_ error: DeliveryError) {
        guard journalFault == nil else { return }
        journalFault = error
        logger.critical("\(error.message)")
        for run in turns {
            runs[run]?.machine.handle(.failed(reason: error.message))
            for unit in units.values where unit.run == run {
                if unit.machine.state == .inFlight {
                    pacing.abandoned(unit.path, wasProbe: unit.isProbe, now: clock.now)
                }
                drop(unit)
            }
            runs[run]?.inFlight = 0
            releaseReader(run)
            checkEnd(run)
        }
        backoffs = [:]
        publish()
    }

    /// Hands operations to the journal without waiting.
    func record(_ operations: [JournalOperation]) {
        guard journalFault == nil, !operations.isEmpty else { return }
        commits.enqueue(operations) { [self] error in
            start { [self] in await journalFailed(error) }
        }
    }

    /// Makes operations durable, then goes on.
    /// - Parameter operations: made outside the actor.
    func commit(
        _ operations: @escaping @Sendable () -> [JournalOperation],
        then next: @escaping @Sendable (isolated Engine) -> Void
    ) {
        start { [self] in
            do throws(DeliveryError) {
                try await commits.commit(operations())
            } catch {
                await journalFailed(error)
                return
            }
            await next(self)
        }
    }

    /// Stops runs that have not got anywhere for too long.
    func checkProgress(now: Instant) {
        guard let limit = configuration.giveUpAfter, now - lastProgress >= limit else { return }
        for run in turns {
            guard let context = runs[run], context.machine.isGoing else { continue }
            let seconds = Int(limit.inSeconds.rounded())
            requestStop(
                run, reason: "no success for \(seconds) s, given up; the run can be resumed", mode: .finishInFlight)
        }
    }

    // MARK: The end

    /// Brings a run to its end in the journal once nothing of it is left.
    func checkEnd(_ id: RunID) {
        guard let run = runs[id], !run.isFinishing, let final = run.machine.final else { return }
        runs[id]?.isFinishing = true
        start { [self] in await finish(id, final) }
    }

    private func finish(_ id: RunID, _ final: RunState) async {
        guard let run = runs[id] else { return }
        let now = clock.now
        var summary = run.summary(now: now)
        summary.state = final
        summary.endedAt = Date()
        do {
            if let journalFault { throw journalFault }
            var operations: [JournalOperation] = [.progress(id, run.progress(now: now))]
            if run.watermark.next > run.folded { operations.append(.fold(id, before: run.watermark.next)) }
            try await commits.commit(operations)
            RejectedFile.truncate(directory.rejected(of: id), to: run.rejectsBytes)
            let unsent = try await writeUnsent(for: run)
            try await commits.commit([
                .unsentFile(id, unsent?.string), .state(id, final, endedAt: summary.endedAt),
            ])
            summary = try await journal.run(id) ?? summary
            if final == .done, let file = run.ownedFile { unlink(file) }
            if final == .done, run.isStored { start { [self] in await clearDeliveredRecords() } }
        } catch {
            summary.state = .failed(reason: "\(error)")
            logger.critical("run \(id): \(error)")
        }
        ended(id, summary)
    }

    /// What can't be removed now is removed when the next such run is done.
    private nonisolated func clearDeliveredRecords() async {
        do {
            try await journal.clearDeliveredRecords()
        } catch {
            if Task.isCancelled { return }
            logger.warning("delivered records stay in the journal for now: \(error.message)")
        }
    }

    private func ended(_ id: RunID, _ summary: RunSummary) {
        runs[id]?.ended = summary
        turns.removeAll { $0 == id }
        let waiters = runs[id]?.finishWaiters.values.map { $0 } ?? []
        runs[id]?.finishWaiters = [:]
        submissions.ended(id)
        runs[id]?.statistics.advance(now: clock.now)
        forgetOldRuns()
        endings.ended(summary)
        publish()
        for waiter in waiters { waiter.resume(returning: summary) }
        pump()
    }

    /// Waits for a run's end; `nil` when this process does not work on it, or when the waiting task is cancelled.
    func ended(_ id: RunID) async -> RunSummary? {
        guard let run = runs[id] else { return nil }
        if let summary = run.ended { return summary }
        nextWaiter += 1
        let waiter = nextWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: nil)
                } else {
                    run.finishWaiters[waiter] = continuation
                }
            }
        } onCancel: {
            start { [self] in await stopWaiting(waiter, for: id) }
        }
    }

    private func stopWaiting(_ waiter: Int, for id: RunID) {
        runs[id]?.finishWaiters.removeValue(forKey: waiter)?.resume(returning: nil)
    }

    /// Keeps the newest ended runs for the screens.
    private func forgetOldRuns() {
        let old = runs.values.filter { $0.ended != nil }.map(\.id).sorted().dropLast(50)
        for id in old { runs[id] = nil }
    }
}
