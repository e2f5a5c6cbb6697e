import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import DeliveryEngine

/// What has to be true whatever happens.
extension SimulatedWorld {
    /// Nothing leaves without an intent that survives a crash.
    func checkIntent(_ run: RunID, _ sequence: Int, _ records: Range<Int>, isWhole: Bool) -> Bool {
        guard let batch = store.runs[run]?.batches[sequence] else {
            fail("run \(run), batch \(sequence + 1) leaves and the journal does not know it")
            return false
        }
        let state = isWhole ? batch.state : batch.parts[records.lowerBound]?.state
        if isWhole, !batch.parts.isEmpty {
            fail("run \(run), batch \(sequence + 1) leaves whole and the journal has it in parts")
            return false
        }
        if !isWhole, batch.parts[records.lowerBound]?.count != records.count {
            fail("run \(run), batch \(sequence + 1), records \(records): the journal has other parts")
            return false
        }
        guard state == .sending else {
            fail("run \(run), batch \(sequence + 1), records \(records) leave without a durable intent")
            return false
        }
        return true
    }

    /// After every step.
    func checkStep() {
        guard process.isAlive else { return }
        checkBreaker()
        for id in process.scheduler.roundRobin {
            guard let run = process.scheduler.runs[id] else { return fail("run \(id) has a turn and is unknown") }
            let counts = run.statistics.counts
            if counts.pending < 0 { return fail("run \(id) has \(counts.pending) pending records") }
            if steps % 16 == 0 { checkConservation(run) }
            if run.inFlight < 0 || run.backingOff < 0 || run.committing < 0 {
                return fail("run \(id) counts fewer than no units")
            }
        }
        let counted = process.scheduler.pacing.inFlight
        if counted != process.inFlight.count {
            fail("\(process.inFlight.count) requests are in flight, and \(counted) are counted")
        }
    }

    /// A run that is at its end for the journal is there with the moment of that end, and after all that belongs to it.
    func checkOpen(_ operation: JournalOperation) {
        guard case .state(let run, let state, endedAt: nil) = operation, state.isFinal else { return }
        fail("run \(run) is \(state) for the journal before its end")
    }

    /// No more is acknowledged in a day than the operator wants; the zone is the machine's when there is no window.
    func checkDailyLimit() {
        guard let limit = plan.dailyLimit else { return }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = plan.window?.zone ?? .current
        let start = calendar.startOfDay(for: moment.date)
        let sent = store.ledger.recordsSent(
            to: SimulatedStore.binding.api, in: start..<start.addingTimeInterval(86_400))
        if sent > limit { fail("\(sent) records were sent today, and the limit is \(limit)") }
    }

    /// An open breaker has a probe in flight or a time for the next one, work or no work.
    private func checkBreaker() {
        var isProbing = false
        if case .probing = process.scheduler.pacing.breaker.state { isProbing = true }
        if case .probing = process.scheduler.pacing.configuration.state { isProbing = true }
        guard isProbing, !process.scheduler.isProbingLogin else { return }
        if !process.scheduler.units.values.contains(where: { $0.isProbe && $0.machine.state == .inFlight }) {
            fail("a probe is waited for and none is in flight")
        }
    }

    /// A batch is about to fail because its attempts are used up.
    func checkFailed(_ unit: WorkUnit.ID) {
        // Five faults in a row are an outage, which costs no attempts.
        guard plan.attempts >= 5, api.breaking.isEmpty, watch.streak(of: unit) >= plan.attempts else { return }
        fail("unit \(unit) has failed in an outage: every one of its attempts came after the API had last worked")
    }

    /// A run is about to end in this process.
    func checkEnding(_ end: RunEnd, isShuttingDown: Bool) {
        let resumes = process.scheduler.policy.resumesByItself(end.source)
        switch end.final {
        case .failed(let reason) where resumes:
            fail("run \(end.run) is accepted work and ends failed: \(reason)")
        case .stopped(let reason) where resumes && !isShuttingDown && reason != RunState.operatorStopReason:
            fail("run \(end.run) is accepted work and is stopped: \(reason)")
        case .waiting(let reason, _) where reason.contains("refuses every"):
            let refusals = watch.refusals(of: end.run)
            if refusals < 3 { fail("run \(end.run) waits for refusals and got only \(refusals) of single records") }
        default: break
        }
    }

    /// Everything has been healthy for a long time, and nobody has helped.
    func checkHealed() {
        guard !hasBeenPatient else { return }
        hasBeenPatient = true
        if process.isTroubled { return fail("the API has been healthy for long and counts as unavailable") }
        if let fault = process.scheduler.journalFault { return fail("the disk is healthy and there is \(fault)") }
        for run in store.runs.values.sorted(by: { $0.id < $1.id }) where run.isOpen {
            guard process.scheduler.policy.resumesByItself(run.source), run.standingOrder == nil else { continue }
            return fail("run \(run.id) is \(run.state) long after everything was healthy again")
        }
    }

    /// What is pending of a run is what the scheduler holds of it, and what has not been read yet.
    private func checkConservation(_ run: DeliveryRun) {
        guard !run.isStored else { return }
        let units = process.scheduler.units.values.filter { $0.run == run.id }
        if run.machine.isEnding, let unit = units.first(where: \.machine.isAtRest) {
            fail("run \(run.id) ends, and waits for batch \(unit.sequence + 1) that nobody sends or withdraws")
        }
        // The journal does not have their batches yet, nor any part of them.
        let uncounted = Set(units.filter(\.isUncounted).map(\.sequence))
        let held = units.reduce(0) { uncounted.contains($1.sequence) ? $0 : $0 + $1.records.count }
        let pending = run.statistics.counts.pending
        if held > pending { fail("run \(run.id) holds \(held) records, and only \(pending) are pending") }
        if held < pending, run.machine.isFullyRead, !run.machine.isEnding {
            fail("run \(run.id) has \(pending) pending records and holds only \(held)")
        }
    }

    /// When a run has its end in the journal.
    func checkConcluded(_ end: RunEnd) {
        guard let run = store.runs[end.run] else { return }
        let durable = store.counts(run)
        let known = end.summary.counts
        if durable.sent != known.sent || durable.failed != known.failed {
            fail(
                "run \(end.run): \(known.sent) sent and \(known.failed) failed are shown, the journal has "
                    + "\(durable.sent) and \(durable.failed)")
        }
        if durable.read < known.read {
            fail("run \(end.run): \(known.read) read records are shown, and the journal has only \(durable.read)")
        }
        if run.possibleDuplicates != end.summary.possibleDuplicates
            || run.recordsInDoubt != end.summary.recordsInDoubt
        {
            fail(
                "run \(end.run): \(end.summary.possibleDuplicates) possible duplicates of "
                    + "\(end.summary.recordsInDoubt) records are shown, the journal has \(run.possibleDuplicates) of "
                    + "\(run.recordsInDoubt)")
        }
        if end.final == .done {
            let all = store.total(run)
            if durable.read != all { fail("run \(end.run) is done with \(durable.read) of \(all) records") }
            if durable.pending != 0 { fail("run \(end.run) is done with \(durable.pending) pending records") }
        }
    }

    /// When everything has its end.
    func checkEnd() {
        guard store.isEverythingDone else { return fail("nothing happens any more, but \(store.openStory)") }
        clients.checkEnd(in: self)
        let counted = store.runs.values.reduce(0) { $0 + $1.possibleDuplicates }
        if let fault = store.fault(with: api) ?? store.requestFault { return fail(fault) }
        // An intent that a crash or a fault of the disk cut off counts, whether or not anything of it left.
        let isCutOff = processes > 1 || plan.storeFaults > 0
        let inRequests = api.recordsInDoubt
        if counted > inRequests + (isCutOff ? store.recordsIntended : 0) {
            fail("\(counted) possible duplicates are counted, and only \(inRequests) records may have arrived twice")
        }
        for run in store.runs.values {
            let all = store.total(run)
            if run.recordsInDoubt > all { fail("run \(run.id): \(run.recordsInDoubt) of \(all) records are in doubt") }
        }
    }
}
