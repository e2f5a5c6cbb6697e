import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

/// Single records that arrive over HTTP.
extension DeliveryScheduler {
    /// Takes a valid record; `accept` or `decline` answers it.
    /// - Returns: whether something else is to be done before it is durable.
    mutating func take(_ submission: SubmittedRecord, at moment: Moment) -> Bool {
        do {
            try checkReady()
            let action = batcher.arrive(submission, now: moment.instant)
            perform(action)
            if case .store = action { return false }
        } catch {
            act(.decline(submission.id, error))
        }
        return true
    }

    private mutating func perform(_ action: SubmissionBatcher.Action) {
        switch action {
        case .wait: break
        case .open(let origin, let last):
            // One that an operator opens meanwhile is opened by nobody else.
            let extended = last.flatMap { isActive($0) ? nil : $0 }
            extending[origin] = extended
            act(.openSubmissionRun(origin, extending: extended))
        case .store(let submission, let run, let position):
            let record = StoredRecord(line: position + 1, fields: submission.request.fields)
            runs[run]?.storing += 1
            if let trace = submission.request.trace { act(.traced(run, position: position, trace)) }
            arriving.submissions.append(submission.id)
            arriving.operations.append(
                .store(run, position: position, record, claim: submission.request.claim))
        }
    }

    /// Records that arrived together become durable together.
    mutating func storeArriving() {
        if arriving.submissions.isEmpty { return }
        commit(arriving.operations, then: .stored(arriving.submissions))
        arriving = ArrivingRecords()
    }

    /// A run for the records of an origin was created, or opened again.
    mutating func submissionRunOpened(_ opened: OpenedRun, for origin: SubmissionOrigin, at moment: Moment) {
        let id = opened.summary.id
        extending[origin] = nil
        let run = DeliveryRun(opened, refusalPause: Self.firstHold, now: moment.instant)
        addActive(run)
        holdNew(id, at: moment)
        readerOpened(id)
        for action in batcher.opened(id, for: origin, position: opened.position, now: moment.instant) {
            perform(action)
        }
        if let shutdown { requestStop(id, reason: shutdown.reason, mode: shutdown.mode, at: moment) }
        if let journalFault { endEarly(id, fault(journalFault, of: run), at: moment) }
        act(.publish)
    }

    mutating func submissionRunFailed(_ origin: SubmissionOrigin, _ error: DeliveryError) {
        extending[origin] = nil
        for submission in batcher.openingFailed(origin) { act(.decline(submission, error)) }
        checkIdle()
    }

    mutating func stored(_ submissions: [SubmissionID], at moment: Moment) {
        for submission in submissions { stored(submission, at: moment) }
    }

    private mutating func stored(_ id: SubmissionID, at moment: Moment) {
        guard let (run, isTaken) = batcher.stored(id, now: moment.instant) else {
            return impossible("submission \(id) was stored by nobody", nil, at: moment)
        }
        runs[run]?.statistics.counts.pending += 1
        act(.accept(id, run))
        if !isTaken { act(.settle(id, .pending)) }
        storingEnded(in: run, at: moment)
    }

    mutating func notStored(_ submissions: [SubmissionID], _ error: DeliveryError, at moment: Moment) {
        for submission in submissions {
            act(.decline(submission, error))
            if let run = batcher.notStored(submission) { storingEnded(in: run, at: moment) }
        }
    }

    /// A run ends only when nothing of it is on its way into the journal. Else a record that arrives there later would
    /// count for the run as it is opened again, where the journal has counted it already.
    private mutating func storingEnded(in id: RunID, at moment: Moment) {
        runs[id]?.storing -= 1
        checkEnd(id, at: moment)
    }

    /// Forms batches of what came, and ends runs to which nobody adds any more.
    mutating func advanceSubmissions(at moment: Moment) {
        let now = moment.instant
        batcher.countAtRest { [runs] in runs[$0]?.machine.life == .paused }
        for id in batcher.runs {
            guard let run = runs[id], !run.machine.isEnding else { continue }
            while batcher.isDue(id, now: now), hasRoom(run) {
                guard let batch = batcher.nextBatch(of: id, limit: policy.ownBatchSize(ReaderOptions.defaultBatchSize))
                else { break }
                take(PlannedBatch(batch: batch), of: run, at: moment)
            }
            switch batcher.close(id, isSettled: run.machine.outstanding == 0, now: now) {
            case nil: break
            case .complete: readerEnded(id, sourceEnded: true, at: moment)
            case .stored(let position): readStored(run, from: position, at: moment)
            }
        }
        batcher.sealOld(now: now)
        for run in batcher.takeSealed() { act(.sealed(run)) }
    }

    /// No run takes more single records.
    /// - Returns: those that did.
    mutating func sealSubmissions() -> [RunID] {
        batcher.sealAll()
        return batcher.takeSealed()
    }

    /// Continues a run with the records that only the store holds. One of which nothing was sent yet waits for its turn
    /// like any other run: in an outage there may be thousands of them.
    private mutating func readStored(_ run: DeliveryRun, from position: Int, at moment: Moment) {
        guard run.nextSequence == 0, position == 0, run.machine.life == .running else {
            return act(.readStored(run.id, from: position, run.options))
        }
        let summary = run.summary(now: moment.instant)
        runs[run.id] = nil
        roundRobin.removeAll { $0 == run.id }
        queue.add(RunQueue.Entry(summary))
        act(.publish)
        checkIdle()
    }

    /// A run that ends early takes no more: what it has is delivered when it is resumed.
    mutating func closeEndedTrays(at moment: Moment) {
        for id in batcher.runs {
            guard let run = runs[id], run.machine.isEnding else { continue }
            let isComplete = batcher.cut(id)
            readerEnded(id, sourceEnded: isComplete, at: moment)
        }
    }

    /// When something is due for single submissions.
    var submissionsDue: Instant? {
        guard journalFault == nil else { return nil }
        var next = shutdown == nil ? batcher.sealsAt : nil
        let ids = batcher.runs
        if ids.isEmpty { return next }
        let room = room
        for id in ids {
            guard let run = runs[id], !run.machine.isEnding,
                let due = batcher.nextDue(
                    id, hasRoom: hasRoom(run, in: room), isSettled: run.machine.outstanding == 0)
            else { continue }
            next = min(next ?? due, due)
        }
        return next
    }

    /// Tells those who wait how the records of a unit ended.
    mutating func settle(_ unit: WorkUnit, _ outcome: SubmissionOutcome) {
        for submission in batcher.settle(unit.run, from: unit.batch.start.offset, unit.records) {
            act(.settle(submission, outcome))
        }
    }

    /// A run has its end, or does not continue for now: nobody is kept waiting for it.
    mutating func endSubmissions(_ id: RunID, _ state: RunState, at moment: Moment) {
        let (waiting, next) = batcher.ended(id, isDone: state == .done, now: moment.instant)
        for submission in waiting { act(.settle(submission, .pending)) }
        if let next { perform(next) }
    }
}
