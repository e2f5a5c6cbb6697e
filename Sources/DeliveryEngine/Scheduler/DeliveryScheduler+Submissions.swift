import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

/// Single records that arrive over HTTP.
extension DeliveryScheduler {
    /// Accepted single records without an outcome, at most.
    private static let waitingLimit = 10_000

    /// Takes a valid record; `accept` or `decline` answers it.
    mutating func submit(_ submission: Submission, at moment: Moment) {
        defer { pump(at: moment) }
        do throws(DeliveryError) {
            try checkReady()
        } catch {
            return act(.decline(submission.id, error))
        }
        guard waitingRecords < Self.waitingLimit else {
            return act(
                .decline(
                    submission.id,
                    DeliveryError(
                        .busy, "\(Self.waitingLimit) records are waiting already. Try again in a few seconds.")))
        }
        perform(desk.arrive(submission, now: moment.instant))
    }

    private mutating func perform(_ arrival: SubmissionDesk.Arrival) {
        switch arrival {
        case .wait: break
        case .createRun: act(.createSubmissionRun)
        case .store(let submission, let run, let position):
            commit(
                [
                    .store(
                        run, position: position, StoredRecord(line: 0, fields: submission.fields),
                        idempotencyKey: submission.idempotencyKey)
                ], then: .stored(submission.id))
        }
    }

    /// Accepted records without an outcome, those of earlier processes too, and those that are being accepted.
    private var waitingRecords: Int {
        turns.reduce(desk.arriving) { sum, run in
            guard let run = runs[run], run.source == .submissions else { return sum }
            return sum + run.statistics.counts.pending
        }
    }

    mutating func submissionRunCreated(_ opened: OpenedRun, at moment: Moment) {
        let id = opened.summary.id
        let run = DeliveryRun(opened, refusalPause: Self.firstHold, now: moment.instant)
        run.turn = turn
        if turns.isEmpty { forgetFruitless() }
        runs[id] = run
        turns.append(id)
        if let shownHold { tell(id, held(shownHold, at: moment), at: moment) }
        recordPause(of: id, at: moment)
        readerOpened(id)
        for arrival in desk.open(id, now: moment.instant) { perform(arrival) }
        if let shutdown { requestStop(id, reason: shutdown.reason, mode: shutdown.mode, at: moment) }
        if let journalFault { endEarly(id, fault(journalFault, of: run), at: moment) }
        act(.publish)
    }

    mutating func submissionRunFailed(_ error: DeliveryError) {
        for submission in desk.openingFailed() { act(.decline(submission, error)) }
        checkIdle()
    }

    mutating func stored(_ id: SubmissionID, at moment: Moment) {
        guard let (run, isTaken) = desk.stored(id, now: moment.instant) else {
            return impossible("submission \(id) was stored by nobody", nil, at: moment)
        }
        runs[run]?.statistics.counts.pending += 1
        act(.accept(id, run))
        if !isTaken { act(.settle(id, .pending)) }
    }

    mutating func notStored(_ id: SubmissionID, _ error: DeliveryError) {
        desk.notStored(id)
        act(.decline(id, error))
    }

    /// Forms batches of what came, and ends the run when nobody adds to it any more.
    mutating func advanceSubmissions(at moment: Moment) {
        guard let id = desk.run, let run = runs[id], !run.machine.isEnding else { return }
        while desk.isDue(now: moment.instant), hasRoom(run) {
            guard let batch = desk.nextBatch(limit: policy.batchSize(1000)) else { break }
            take(PlannedBatch(batch: batch), of: run, at: moment)
        }
        if desk.isIdle(now: moment.instant) {
            desk.close()
            readerEnded(id, sourceEnded: true, at: moment)
        }
    }

    /// A run that ends early takes no more: what it has is delivered when it is resumed.
    mutating func closeEndedDesk(at moment: Moment) {
        guard let id = desk.run, let run = runs[id], run.machine.isEnding else { return }
        desk.close()
        readerEnded(id, sourceEnded: false, at: moment)
    }

    /// When something is due for single submissions.
    var submissionsDue: Instant? {
        guard journalFault == nil, let id = desk.run, let run = runs[id], !run.machine.isEnding else { return nil }
        return desk.nextDue(hasRoom: hasRoom(run))
    }

    /// Tells those who wait how the records of a unit ended.
    mutating func settle(_ unit: WorkUnit, _ outcome: SubmissionOutcome) {
        for submission in desk.settle(unit.run, from: unit.batch.start.offset, unit.records) {
            act(.settle(submission, outcome))
        }
    }
}
