import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// How runs end: by themselves, by the operator, by a fault.
extension DeliveryScheduler {
    mutating func requestStop(_ id: RunID, reason: String, mode: StopMode, at moment: Moment) {
        endEarly(id, .stopRequested(reason: reason), at: moment)
        switch mode {
        case .now: abandonInFlight(of: id, at: moment)
        case .finishInFlight: graceBegins(id, at: moment)
        }
    }

    mutating func graceBegins(_ id: RunID, at moment: Moment) {
        guard let run = runs[id], run.ended == nil, run.inFlight > 0 else { return }
        run.graceEnds = moment.instant + policy.stopGrace
    }

    /// Gives requests in flight no more time.
    mutating func endGraces(at moment: Moment) {
        for id in roundRobin {
            guard let run = runs[id], let end = run.graceEnds, end <= moment.instant else { continue }
            run.graceEnds = nil
            abandonInFlight(of: id, at: moment)
        }
    }

    /// Reads and sends nothing more; what is in flight may end.
    mutating func endEarly(_ id: RunID, _ event: RunMachine.Event, at moment: Moment) {
        guard let run = runs[id], run.ended == nil, !run.machine.isConcluded else { return }
        let life = run.machine.life
        tell(id, event, at: moment)
        switch event {
        // Said once, though each request in flight may find it out.
        case .failed(let reason), .parked(let reason, _):
            guard run.machine.life != life else { break }
            // The journal's own fault is in the log already, for all runs.
            if reason != journalFault?.message { act(.log(.error, "run \(id): \(reason)")) }
            run.statistics.add(.error, reason, at: moment.date)
        case .opened, .batchPlanned, .batchSettled, .batchesWithdrawn, .sourceEnded, .sourceBroken, .readerStopped,
            .paused, .unpaused, .held, .released, .stopRequested, .suspended, .concluded, .ended:
            break
        }
        for unit in run.planned + run.ready { withdraw(unit, at: moment) }
        for (unit, _) in backoffs.sorted(by: { $0.key < $1.key }) where units[unit]?.run == id {
            backoffs[unit] = nil
            run.backingOff -= 1
            withdraw(unit, at: moment)
        }
        releaseReader(id)
        act(.publish)
        checkEnd(id, at: moment)
    }

    /// A unit that will not be sent in this process. Nothing of it is under way.
    mutating func withdraw(_ id: WorkUnit.ID, at moment: Moment) {
        guard var unit = units[id] else { return }
        let state = unit.machine.state
        guard advance(&unit, .withdraw, at: moment) != nil else { return }
        switch state {
        // The journal does not know it, or has it as planned: it is read again when the run continues.
        case .planned: break
        // In doubt, as it stands in the journal.
        case .backingOff(mayHaveBeenApplied: true): break
        case .intending, .ready, .inFlight, .backingOff(mayHaveBeenApplied: false), .counting, .splitting, .failing,
            .acknowledged, .split, .failed, .withdrawn:
            record([
                .withdraw(unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole)
            ])
        }
        drop(unit, at: moment)
    }

    /// Requests in flight get no more time. Their records stay in doubt.
    mutating func abandonInFlight(of id: RunID, at moment: Moment) {
        guard let run = runs[id], run.ended == nil else { return }
        for unit in units.values.sorted(by: { $0.id < $1.id }) where unit.run == id && unit.machine.state == .inFlight {
            abandon(unit, of: run, at: moment)
        }
        checkEnd(id, at: moment)
    }

    private mutating func abandon(_ unit: WorkUnit, of run: DeliveryRun, at moment: Moment) {
        pacing.abandoned(unit.path, wasProbe: unit.isProbe, now: moment.instant)
        run.inFlight -= 1
        act(.abandon(unit.id))
        drop(unit, at: moment)
    }

    private mutating func drop(_ unit: WorkUnit, at moment: Moment) {
        units[unit.id] = nil
        settle(unit, .pending)
        guard let run = runs[unit.run] else { return }
        run.planned.removeAll { $0 == unit.id }
        run.ready.removeAll { $0 == unit.id }
        if run.close(unit.sequence, isWithdrawn: true) == .keptBack {
            tell(unit.run, .batchesWithdrawn(1), at: moment)
        }
    }

    // MARK: The journal's faults

    mutating func commitFailed(_ event: SchedulerEvent?, _ error: DeliveryError, at moment: Moment) {
        switch event {
        case .intended: isIntending = false
        case .stored(let submissions): notStored(submissions, error, at: moment)
        // What they meant ends with the fault, or was no commit's.
        case nil, .answered, .loginAnswered, .counted, .split, .failed, .acknowledged, .commitFailed,
            .journalRecovered, .readerOpened, .offered, .readerEnded, .readerFailed, .sourceBroken, .opened,
            .openingFailed, .submissionRunOpened, .submissionRunFailed, .runEnded, .runEndFailed, .sentCounted, .woke,
            .beat:
            break
        }
        // A commit that was handed over before the fault may fail after it is over: what it meant has ended.
        journalFailed(error, at: moment)
    }

    /// The journal can't be written: nothing may leave any more that is not journaled.
    private mutating func journalFailed(_ error: DeliveryError, at moment: Moment) {
        guard journalFault == nil else { return }
        journalFault = error
        act(.log(.critical, error.message))
        for id in roundRobin {
            guard let run = runs[id], !run.machine.isConcluded else { continue }
            endEarly(id, fault(error, of: run), at: moment)
            for unit in units.values.sorted(by: { $0.id < $1.id }) where unit.run == id {
                if unit.machine.state == .inFlight {
                    abandon(unit, of: run, at: moment)
                } else {
                    drop(unit, at: moment)
                }
            }
            run.committing = 0
            for asking in run.acknowledging.values.joined().sorted() { act(.settle(asking, .pending)) }
            run.acknowledging = [:]
            checkEnd(id, at: moment)
        }
        backoffs = [:]
        act(.publish)
    }

    /// Whether the journal may be tried again: what ended with its fault has come to its end.
    var mayRecover: Bool { journalFault != nil && roundRobin.isEmpty && openings.isEmpty && !batcher.isOpening }

    mutating func journalRecovered(at moment: Moment) {
        guard mayRecover else { return }
        journalFault = nil
        isIntending = false
        act(.log(.notice, "the journal can be written again"))
        record(standingOrders.sorted { $0.key < $1.key }.map { .standingOrder($0.key, $0.value) })
        // Of several processes, another one may have them by now: the store gives out again what is left.
        if policy.share != nil {
            queue = RunQueue()
            yielded = []
        }
        queue.hurry()
        act(.publish)
    }

    // MARK: The end

    /// Brings a run to its end in the journal once nothing of it is left.
    mutating func checkEnd(_ id: RunID, at moment: Moment) {
        guard let run = runs[id], !run.machine.isConcluded, run.committing == 0, run.storing == 0,
            let final = run.machine.final
        else { return }
        let now = moment.instant
        var summary = run.summary(now: now)
        summary.state = final
        tell(id, .concluded, at: moment)
        run.graceEnds = nil
        if final.isActive == false { summary.endedAt = moment.date }
        act(
            .endRun(
                RunEnd(
                    run: id, source: run.source, localDay: run.localDay, final: final, summary: summary,
                    progress: run.progress(now: now),
                    compactBefore: run.watermark.next > run.compacted ? run.watermark.next : nil,
                    rejectsBytes: run.rejectsBytes, ownsFile: run.ownsFile, isStored: run.isStored,
                    hasFailures: run.statistics.counts.failed > 0,
                    graph: run.statistics.graph)))
    }

    mutating func runEnded(_ id: RunID, _ summary: RunSummary, at moment: Moment) {
        end(id, summary, retryAt: nil, at: moment)
    }

    mutating func runEndFailed(_ id: RunID, _ summary: RunSummary, _ error: DeliveryError, at moment: Moment) {
        guard let run = runs[id] else { return }
        if error.message != journalFault?.message { act(.log(.critical, "run \(id): \(error.message)")) }
        var summary = summary
        if policy.resumesByItself(run.source) {
            summary.state = .waiting(reason: error.message, until: nil)
            end(id, summary, retryAt: moment.instant + Self.firstHold, at: moment)
        } else {
            summary.state = .failed(reason: error.message)
            end(id, summary, retryAt: nil, at: moment)
        }
    }

    private mutating func end(_ id: RunID, _ summary: RunSummary, retryAt: Instant?, at moment: Moment) {
        guard let run = runs[id], run.ended == nil else { return }
        tell(id, .ended, at: moment)
        run.ended = summary
        run.statistics.end(now: moment.instant)
        roundRobin.removeAll { $0 == id }
        endSubmissions(id, summary.state, at: moment)
        act(.release(id))
        if discards[id] != nil {
            act(.rested(id))
        } else if yielding.remove(id) != nil, case .waiting = summary.state, shutdown == nil {
            runs[id] = nil
            yielded.insert(id)
            act(.tellWaiters(id, nil))
        } else if case .waiting(let reason, let until) = summary.state, shutdown == nil {
            // A fault of the journal ends for all at once; one of the run's own files tells nobody when it is over.
            let pause = journalFault == nil ? moment.instant + Self.firstHold : nil
            park(run, summary, reason, until: retryAt ?? until.map { moment.instant(of: $0) } ?? pause)
        } else {
            act(.tellWaiters(id, summary.state.isActive && summary.state != .paused ? nil : summary))
        }
        forgetOldRuns()
        act(.publish)
        checkIdle()
    }

    /// The process continues with it by itself, unless an operator has it paused.
    private mutating func park(_ run: DeliveryRun, _ summary: RunSummary, _ reason: String, until: Instant?) {
        var entry = RunQueue.Entry(summary)
        entry.reason = reason
        entry.notBefore = until
        entry.isPaused = run.machine.staysPaused
        if entry.isPaused { record([.state(run.id, .paused, endedAt: nil)]) }
        if isProbing(run) || run.refusals.refusesEverything(acknowledgements) {
            entry.refusalPause = min(run.refusalPause * 2, Self.longestHold)
            entry.refusedAt = acknowledgements
        }
        runs[run.id] = nil
        queue.add(entry)
    }

    /// What the journal knows of a run that has ended has changed since.
    mutating func refreshEnded(_ summary: RunSummary) {
        guard let run = runs[summary.id], run.ended != nil else { return }
        run.ended = summary
    }

    /// Keeps the newest ended runs for the screens.
    private mutating func forgetOldRuns() {
        let old = runs.values.filter { $0.ended != nil }.map(\.id).sorted().dropLast(50)
        for id in old { runs[id] = nil }
    }
}
