import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// What is done with an answer.
extension DeliveryScheduler {
    mutating func answered(_ id: WorkUnit.ID, _ answer: APIResponse, at moment: Moment) {
        // A unit that is gone belonged to a run that was ended immediately; its place was given back then. What the API
        // asks for holds all the same.
        guard var unit = units[id], let run = runs[unit.run] else {
            guard let retryAfter = answer.outcome.retryAfter else { return }
            pauseAskedFor(withMargin(retryAfter), retryAfter, at: moment)
            return
        }
        guard unit.machine.state == .inFlight else {
            return impossible("a batch that is \(unit.machine.state) was answered", unit.run, at: moment)
        }
        let wasClosed = pacing.breaker.isClosed
        if !answer.isShared { latencies.add(seconds: answer.duration.inSeconds) }
        learn(from: answer, to: unit, of: run, at: moment)
        run.inFlight -= 1
        run.statistics.answered(answer, isRetry: unit.isRepeated, now: moment.instant)
        // An outage burns no attempts, not even that of the request by which it is detected.
        let isCharged = answer.phase == .banners && wasClosed && pacing.breaker.isClosed && !unit.isProbe
        let isGivenUp = unit.isProbe && answer.phase == .banners && isPatienceOver(moment.instant)
        unit.wasAnswered = true
        unit.wasReset = answer.phase == .banners && answer.outcome.fault?.kind == .reset
        unit.isProbe = false
        var event = BatchMachine.Event.answered(answer.outcome, isCharged: isCharged)
        if case .refused = answer.outcome, isRefusalDoubtful(unit, of: run) {
            if run.isRefusedForLong {
                if !hasMoreToProbe(run) { everythingIsRefused(run, answer, at: moment) }
            } else {
                return doubt(&unit, of: run, answer, at: moment)
            }
        } else if isGivenUp, let fault = answer.outcome.fault {
            if unit.records.count == 1 { errorsSince = moment.instant }
            event = .gaveUp(fault)
        }
        let attempts = unit.machine.attempts
        let action = advance(&unit, event, at: moment)
        units[id] = unit
        guard let action else { return }
        perform(
            action, for: unit, of: run, answer: answer, isCharged: unit.machine.attempts > attempts, at: moment)
    }

    private mutating func learn(from answer: APIResponse, to unit: WorkUnit, of run: DeliveryRun, at moment: Moment) {
        let retryAfter = answer.outcome.retryAfter
        let pause = retryAfter.map { withMargin($0) }
        if answer.phase == .banners { learnOfErrors(answer.outcome, at: moment) }
        switch answer.outcome {
        case .applied:
            acknowledgements += 1
            lastSuccess = moment.date
            forgetFruitless()
            queue.hurry { $0.refusalPause != nil }
        case .refused:
            run.refusals.refused(
                isWhole: unit.machine.isWhole, records: unit.records.count, acknowledgements: acknowledgements)
            forgetFruitless()
        case .tokenRefused, .throttled, .misconfigured, .transient: break
        }
        lastFault = LastFault(answer) ?? lastFault
        pacing.answered(
            answer, path: unit.path, sentAt: unit.sentAt ?? moment.instant, isFirst: !unit.wasAnswered,
            wasProbe: unit.isProbe, pause: pause, now: moment.instant)
        if let pause { pauseAskedFor(pause, retryAfter, at: moment) }
    }

    /// A little longer than what was asked for: clocks differ.
    private mutating func withMargin(_ retryAfter: RetryAfter) -> Duration {
        retryAfter.pause + .milliseconds(Int64.random(in: 5...100, using: &random))
    }

    private mutating func learnOfErrors(_ outcome: APIOutcome, at moment: Moment) {
        guard case .transient(let fault, mayHaveBeenApplied: true) = outcome, !fault.isWebPage else {
            errorsSince = nil
            return
        }
        errorsSince = errorsSince ?? moment.instant
    }

    /// Whether a record that is answered with nothing but errors is given up. An outage costs no attempts, but without
    /// other records nothing tells it from a record that the API can't handle: so one fails in each such period.
    private func isPatienceOver(_ now: Instant) -> Bool {
        errorsSince.map { now - $0 >= policy.errorPatience } ?? false
    }

    private mutating func perform(
        _ action: BatchMachine.Action, for unit: WorkUnit, of run: DeliveryRun, answer: APIResponse, isCharged: Bool,
        at moment: Moment
    ) {
        switch action {
        case .nothing, .count, .impossible:
            break
        case .acknowledge:
            acknowledge(unit, of: run, at: moment)
        case .sendAgain:
            note(unit, .info, "token rejected; fetching a new one", at: moment)
            makeReady(unit.id, of: run, first: true, at: moment)
        case .backOff(let cause, let attempt, let retryAfter):
            let delay = max(RetryPolicy.delay(after: attempt, cause: cause, using: &random), retryAfter ?? .zero)
            // Without a token nothing can leave, so a failed login holds back all of them.
            if answer.phase == .auth { pacing.pause(until: moment.instant + delay, isAsked: false) }
            noteBackoff(
                unit, label: LastFault(answer)?.line ?? answer.label, cause: cause, delay: delay, isCharged: isCharged,
                at: moment)
            backOff(unit, of: run, until: moment.instant + delay, at: moment)
        case .split(let middle, let mayHaveBeenApplied):
            split(unit, of: run, at: middle, mayHaveBeenApplied: mayHaveBeenApplied, at: moment)
        case .fail(let kind, let status, let message, let mayHaveBeenApplied):
            fail(unit, of: run, kind, status: status, message, mayHaveBeenApplied: mayHaveBeenApplied, at: moment)
        case .misconfigured(let message):
            misconfigured(unit, of: run, message, at: moment)
        }
    }

    // MARK: Ends of a unit

    private mutating func acknowledge(_ unit: WorkUnit, of run: DeliveryRun, at moment: Moment) {
        run.statistics.acknowledged(unit.records.count, now: moment.instant)
        daily?.acknowledged(unit.records.count, at: moment.date)
        var operations: [JournalOperation] = [
            .acknowledge(
                unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole,
                at: moment.date),
            .progress(unit.run, run.progress(now: moment.instant)),
        ]
        if let delivered = unit.batch.deliveryKeys, unit.records.upperBound <= delivered.keys.count {
            operations.append(.deliver(list: delivered.list, keys: Array(delivered.keys[unit.records])))
        }
        if run.isStored {
            operations.append(.markRecovered(unit.run, sequence: unit.sequence, records: unit.records))
        }
        let asking = batcher.settle(unit.run, from: unit.batch.start.offset, unit.records)
        if asking.isEmpty {
            record(operations)
        } else {
            run.committing += 1
            run.acknowledging[unit.id] = asking
            act(.commit(PendingCommit(operations), then: .acknowledged(unit.run, unit.id)))
        }
        settled(unit, at: moment)
    }

    /// What a client hears of its record must hold when the process is killed right after: it waits for the commit.
    mutating func acknowledged(_ id: RunID, _ unit: WorkUnit.ID, at moment: Moment) {
        guard let run = runs[id], let asking = run.acknowledging.removeValue(forKey: unit) else { return }
        run.committing -= 1
        for submission in asking { act(.settle(submission, .sent)) }
        checkEnd(id, at: moment)
    }

    private mutating func fail(
        _ unit: WorkUnit, of run: DeliveryRun, _ kind: FailedRecord.Kind, status: String, _ message: String,
        mayHaveBeenApplied: Bool, at moment: Moment
    ) {
        let count = unit.records.count
        note(unit, .error, "\(message); \(count) record\(count == 1 ? "" : "s") moved to Failures", at: moment)
        run.committing += 1
        units[unit.id]?.failure = message
        let progress = JournalOperation.progress(run.id, run.progress(now: moment.instant))
        act(
            .commit(
                PendingCommit(
                    mayHaveBeenApplied ? [unit.mayHaveBeenApplied, progress] : [progress],
                    failure: .init(unit: unit, kind: kind, status: status, message: message)),
                then: .failed(unit.id, kind, mayHaveBeenApplied: mayHaveBeenApplied)))
    }

    mutating func failed(
        _ id: WorkUnit.ID, _ kind: FailedRecord.Kind, mayHaveBeenApplied: Bool, at moment: Moment
    ) {
        guard var unit = units[id], let run = runs[unit.run] else { return }
        run.committing -= 1
        _ = advance(&unit, .failureCommitted, at: moment)
        run.statistics.failed(unit.records.count, kind: kind)
        if mayHaveBeenApplied { addDoubt(&unit, of: run) }
        units[id] = unit
        settle(unit, .failed(unit.failure))
        settled(unit, at: moment)
    }

    /// The unit's records have their end; perhaps its batch, too, and the run.
    mutating func settled(_ unit: WorkUnit, at moment: Moment) {
        units[unit.id] = nil
        guard let run = runs[unit.run] else { return }
        switch run.close(unit.sequence, isWithdrawn: false) {
        case .unitsLeft: break
        case .keptBack: tell(unit.run, .batchesWithdrawn(1), at: moment)
        case .settled:
            tell(unit.run, .batchSettled, at: moment)
            if unit.machine.isWhole { act(.recycle(unit.shared)) }
            if run.watermark.next - run.compacted >= Self.compactInterval {
                run.compacted = run.watermark.next
                record([.compact(run.id, before: run.compacted)])
            }
        }
        giveRoom(unit.run)
        checkEnd(unit.run, at: moment)
    }

    /// Batches whose rows are folded into the run's sums at a time.
    private static let compactInterval = 64

    // MARK: Retries and parts

    private mutating func backOff(_ unit: WorkUnit, of run: DeliveryRun, until: Instant, at moment: Moment) {
        if run.machine.isEnding {
            withdraw(unit.id, at: moment)
            checkEnd(unit.run, at: moment)
        } else {
            backoffs[unit.id] = until
            run.backingOff += 1
        }
    }

    private mutating func split(
        _ unit: WorkUnit, of run: DeliveryRun, at middle: Int, mayHaveBeenApplied: Bool, at moment: Moment
    ) {
        let count = unit.records.count
        if mayHaveBeenApplied {
            note(unit, .warning, "timed out; resending \(count) records in two halves", at: moment)
        } else {
            // One word about a batch: each refused record in it takes twenty such steps.
            note(unit, unit.machine.isWhole ? .warning : .info, "refused; splitting \(count) records", at: moment)
        }
        run.committing += 1
        let split = JournalOperation.split(
            unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole, at: middle)
        let progress = JournalOperation.progress(run.id, run.progress(now: moment.instant))
        commit(
            mayHaveBeenApplied ? [unit.mayHaveBeenApplied, split, progress] : [split, progress],
            then: .split(unit.id, at: middle, mayHaveBeenApplied: mayHaveBeenApplied))
    }

    mutating func splitCommitted(_ id: WorkUnit.ID, at middle: Int, mayHaveBeenApplied: Bool, _ moment: Moment) {
        // A unit that is gone belonged to a run that a fault of the journal has ended.
        guard var unit = units[id], let run = runs[unit.run] else { return }
        run.committing -= 1
        _ = advance(&unit, .splitCommitted, at: moment)
        if mayHaveBeenApplied { addDoubt(&unit, of: run) }
        units[id] = nil
        run.split(unit.sequence, into: 2)
        let halves = [unit.records.lowerBound..<middle, middle..<unit.records.upperBound]
        let parts = halves.map { add($0, of: unit, state: .ready) }
        // Depth first: so the refused records are found before new batches leave.
        for part in parts.reversed() { makeReady(part, of: run, first: true, at: moment) }
    }

    // MARK: Words

    private mutating func note(_ unit: WorkUnit, _ severity: RunEvent.Severity, _ text: String, at moment: Moment) {
        let line = "batch \(unit.sequence + 1): \(text)"
        runs[unit.run]?.statistics.add(severity, line, at: moment.date)
        let level: Logger.Level =
            switch severity {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        act(.log(level, "run \(unit.run), \(line)"))
    }

    private mutating func noteBackoff(
        _ unit: WorkUnit, label: String, cause: RetryPolicy.Cause, delay: Duration, isCharged: Bool, at moment: Moment
    ) {
        // A name for counts is no word for people.
        let label = label.replacing("_", with: " ")
        let seconds = delay.inSeconds
        let pause = seconds < 1 ? "\(Int(seconds * 1000)) ms" : String(format: "%.1f s", seconds)
        let text =
            switch cause {
            case .throttled: "\(label), retrying in \(pause)"
            case .transient where isCharged:
                "\(label), attempt \(min(unit.machine.attempts + 1, policy.attempts)) of \(policy.attempts) in \(pause)"
            case .transient: "\(label), retrying in \(pause); an outage doesn't count as an attempt"
            }
        note(unit, .warning, text, at: moment)
    }
}
