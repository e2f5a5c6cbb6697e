import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// What is done with an answer.
extension Engine {
    func answered(_ id: WorkUnit.ID, _ answer: Answer) {
        let now = clock.now
        // A unit that is gone belonged to a run that was ended at once; its slot was given back then.
        guard var unit = units[id], unit.machine.state == .inFlight else { return }
        let wasClosed = pacing.breaker.isClosed
        learn(from: answer, to: unit, now: now)
        runs[unit.run]?.inFlight -= 1
        runs[unit.run]?.statistics.answered(answer, isRetry: unit.wasAnswered || !unit.machine.isWhole, now: now)
        let isCharged = answer.phase == .banners && wasClosed && !unit.isProbe
        let action = unit.machine.handle(.answered(answer.outcome, isCharged: isCharged))
        unit.wasAnswered = true
        unit.isProbe = false
        units[id] = unit
        perform(action, for: unit, answer: answer, now: now)
        pump()
    }

    private func learn(from answer: Answer, to unit: WorkUnit, now: Instant) {
        var pause: Duration?
        switch answer.outcome {
        case .applied:
            refusals.acknowledged()
            lastSuccess = (now, Date())
            lastProgress = now
        case .refused:
            refusals.refused(isWhole: unit.machine.isWhole, records: unit.records.count)
            lastProgress = now
        case .throttled(let retryAfter?):
            pause = retryAfter + .milliseconds(Int64.random(in: 5...100))
        default:
            break
        }
        pacing.answered(
            answer, path: unit.path, sentAt: unit.sentAt ?? now, isFirst: !unit.wasAnswered,
            wasProbe: unit.isProbe, pause: pause, now: now)
    }

    private func perform(_ action: BatchMachine.Action, for unit: WorkUnit, answer: Answer, now: Instant) {
        let label = answer.label
        switch action {
        case .nothing:
            break
        case .acknowledge:
            acknowledge(unit, now: now)
        case .sendAgain:
            note(unit, .info, "the token was refused, a new one is fetched")
            if runs[unit.run]?.machine.isEnding == true {
                withdraw(unit.id)
                checkEnd(unit.run)
            } else {
                runs[unit.run]?.ready.insert(unit.id, at: 0)
            }
        case .backOff(let cause, let attempt, let retryAfter, let mayHaveBeenApplied):
            var random = SystemRandomNumberGenerator()
            let delay = max(
                RetryPolicy.delay(after: attempt, cause: cause, using: &random), retryAfter ?? .zero)
            // Without a token nothing can leave, so a failed login holds back all of them.
            if answer.phase == .auth { pacing.pause(until: now + delay) }
            noteBackoff(unit, label: label, cause: cause, delay: delay)
            backOff(unit, until: now + delay, mayHaveBeenApplied: mayHaveBeenApplied)
        case .split(let middle):
            if refusals.refusesEverything {
                endEarly(
                    unit.run,
                    .failed(
                        reason: "The API refuses every batch (\(label)): check that its address and the file fit. "
                            + "Nothing is lost, resume the run when it is mended."))
                withdrawRefused(unit.id)
            } else {
                split(unit, at: middle)
            }
        case .fail(let kind, let status, let message, let mayHaveBeenApplied):
            if refusals.refusesEverything, kind == .permanent {
                endEarly(
                    unit.run,
                    .failed(
                        reason: "The API refuses every record (\(label)): check that its address and the file fit. "
                            + "Nothing is lost, resume the run when it is mended."))
            }
            fail(unit, kind, status: status, message: message, mayHaveBeenApplied: mayHaveBeenApplied)
        case .stopRun(let reason):
            endEarly(unit.run, .failed(reason: reason))
            withdrawRefused(unit.id)
        }
    }

    // MARK: Ends of a unit

    private func acknowledge(_ unit: WorkUnit, now: Instant) {
        runs[unit.run]?.statistics.acknowledged(unit.records.count, now: now)
        var operations: [JournalOperation] = [
            .acknowledge(unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole)
        ]
        if runs[unit.run]?.isStored == true {
            operations.append(.recover(unit.run, sequence: unit.sequence, records: unit.records))
        }
        record(operations)
        submissions.settle(unit, .sent)
        settled(unit)
    }

    private func fail(
        _ unit: WorkUnit, _ kind: FailedRecord.Class, status: String, message: String, mayHaveBeenApplied: Bool
    ) {
        let count = unit.records.count
        note(unit, .error, "\(message); \(count) record\(count == 1 ? "" : "s") to Failures")
        commit(
            {
                var operations: [JournalOperation] = [
                    .fail(
                        unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole,
                        failures: Self.failures(of: unit, kind, status: status, message: message))
                ]
                if mayHaveBeenApplied { operations.insert(unit.mayHaveBeenApplied, at: 0) }
                return operations
            }, then: { $0.failed(unit, kind, mayHaveBeenApplied: mayHaveBeenApplied) })
    }

    private nonisolated static func failures(
        of unit: WorkUnit, _ kind: FailedRecord.Class, status: String, message: String
    ) -> [NewFailure] {
        unit.records.map { index in
            let row = unit.batch.customer(at: index)
            return NewFailure(
                line: row.line, kind: kind, status: status, message: message, attempts: max(1, unit.machine.attempts),
                fields: RecordFields(name: row.name, age: row.age, cookie: row.cookie, bannerID: row.bannerID))
        }
    }

    private func failed(_ unit: WorkUnit, _ kind: FailedRecord.Class, mayHaveBeenApplied: Bool) {
        guard units[unit.id] != nil else { return }
        runs[unit.run]?.statistics.failed(unit.records.count, kind: kind)
        if mayHaveBeenApplied { runs[unit.run]?.statistics.mayHaveBeenApplied(unit) }
        submissions.settle(unit, .failed)
        settled(unit)
        pump()
    }

    /// The unit's records have their end; perhaps its batch, too, and the run.
    func settled(_ unit: WorkUnit) {
        units[unit.id] = nil
        guard let run = runs[unit.run] else { return }
        if run.close(unit.sequence, isWithdrawn: false) {
            if unit.machine.isWhole, spareBatches.count < 8, unit.batch.memory <= ReadAhead.spareMemory {
                spareBatches.append(unit.batch)
            }
            if run.watermark.next - run.folded >= Self.foldInterval {
                run.folded = run.watermark.next
                record([.fold(run.id, before: run.folded)])
            }
        }
        giveRoom(unit.run)
        checkEnd(unit.run)
    }

    /// Batches whose rows are folded into the run's sums at a time.
    private static let foldInterval = 64

    // MARK: Retries and parts

    private func backOff(_ unit: WorkUnit, until: Instant, mayHaveBeenApplied: Bool) {
        guard mayHaveBeenApplied else {
            backedOff(unit.id, until: until)
            return
        }
        runs[unit.run]?.statistics.mayHaveBeenApplied(unit)
        units[unit.id]?.isInDoubt = true
        // Durable before it leaves again: otherwise a crash could hide how often it was sent.
        commit({ [unit.mayHaveBeenApplied] }, then: { $0.backedOff(unit.id, until: until) })
    }

    private func backedOff(_ id: WorkUnit.ID, until: Instant) {
        guard let unit = units[id] else { return }
        if runs[unit.run]?.machine.isEnding == true {
            withdraw(id)
            checkEnd(unit.run)
            return
        }
        backoffs[id] = until
        runs[unit.run]?.backingOff += 1
        wake(at: until)
    }

    private func split(_ unit: WorkUnit, at middle: Int) {
        // One word about a batch: each refused record in it takes twenty such steps.
        note(unit, unit.machine.isWhole ? .warning : .info, "refused, \(unit.records.count) records are split")
        splitting += 1
        commit(
            {
                [
                    .split(
                        unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole,
                        at: middle)
                ]
            }, then: { $0.splitCommitted(unit, at: middle) })
    }

    private func splitCommitted(_ unit: WorkUnit, at middle: Int) {
        splitting -= 1
        // A unit that is gone belonged to a run that a fault of the journal has ended meanwhile.
        guard units.removeValue(forKey: unit.id) != nil else { return }
        runs[unit.run]?.split(unit.sequence)
        let halves = [unit.records.lowerBound..<middle, middle..<unit.records.upperBound]
        let ids = halves.map { add($0, of: unit) }
        if runs[unit.run]?.machine.isEnding == true {
            ids.forEach(withdraw)
            checkEnd(unit.run)
        } else {
            // Depth first: so the refused records are found before new batches leave.
            runs[unit.run]?.ready.insert(contentsOf: ids, at: 0)
        }
        pump()
    }

    private func add(_ records: Range<Int>, of unit: WorkUnit) -> WorkUnit.ID {
        nextUnit += 1
        units[nextUnit] = unit.part(records, id: nextUnit)
        return nextUnit
    }

    // MARK: Words

    private func note(_ unit: WorkUnit, _ severity: RunEvent.Severity, _ text: String) {
        let line = "batch \(unit.sequence + 1): \(text)"
        runs[unit.run]?.statistics.add(severity, line)
        switch severity {
        case .info: logger.info("run \(unit.run), \(line)")
        case .warning: logger.warning("run \(unit.run), \(line)")
        case .error: logger.error("run \(unit.run), \(line)")
        }
    }

    private func noteBackoff(_ unit: WorkUnit, label: String, cause: RetryPolicy.Cause, delay: Duration) {
        let seconds = delay.inSeconds
        let pause = seconds < 1 ? "\(Int(seconds * 1000)) ms" : String(format: "%.1f s", seconds)
        let text =
            switch cause {
            case .throttled: "\(label), again in \(pause) or later"
            case .transient:
                "\(label), attempt \(min(unit.machine.attempts + 1, configuration.attempts)) of "
                    + "\(configuration.attempts) in \(pause)"
            }
        note(unit, .warning, text)
    }
}
