import DeliveryModel
import DeliveryStore

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
        for id in process.scheduler.turns {
            guard let run = process.scheduler.runs[id] else { return fail("run \(id) has a turn and is unknown") }
            let counts = run.statistics.counts
            if counts.pending < 0 { return fail("run \(id) has \(counts.pending) pending records") }
            if run.inFlight < 0 || run.backingOff < 0 || run.committing < 0 {
                return fail("run \(id) counts fewer than no units")
            }
        }
        let counted = process.scheduler.pacing.inFlight
        if counted != process.inFlight.count {
            fail("\(process.inFlight.count) requests are in flight, and \(counted) are counted")
        }
    }

    /// An open breaker has a probe in flight or a time for the next one, work or no work.
    private func checkBreaker() {
        let pacing = process.scheduler.pacing
        let isProbing: Bool
        switch (pacing.breaker.state, pacing.configuration.state) {
        case (.probing, _), (_, .probing): isProbing = true
        default: isProbing = false
        }
        guard isProbing, !process.scheduler.isProbingLogin else { return }
        if !process.scheduler.units.values.contains(where: { $0.isProbe && $0.machine.state == .inFlight }) {
            fail("a probe is waited for and none is in flight")
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
        if end.final == .done {
            let all = run.isStored ? run.stored.count : run.file.count
            if durable.read != all { fail("run \(end.run) is done with \(durable.read) of \(all) records") }
            if durable.pending != 0 { fail("run \(end.run) is done with \(durable.pending) pending records") }
        }
    }

    /// When everything has its end.
    func checkEnd() {
        guard store.isEverythingDone else { return fail("nothing happens any more, but \(store.openStory)") }
        var listed: Set<Int> = []
        for run in store.runs.values {
            for failure in run.failures where !failure.isRecovered { listed.insert(failure.identity) }
        }
        for identity in store.accepted.sorted() where api.applied[identity] == nil && !listed.contains(identity) {
            return fail("record \(identity) was accepted, and is neither applied nor listed as failed")
        }
        let extra = api.applied.values.reduce(0) { $0 + max(0, $1 - 1) }
        let counted = store.runs.values.reduce(0) { $0 + $1.possibleDuplicates }
        if extra > counted { fail("\(extra) records arrived again, \(counted) are counted") }
        let doubtful = api.applied.values.count { $0 > 1 }
        let inDoubt = store.runs.values.reduce(0) { $0 + $1.recordsInDoubt }
        if doubtful > inDoubt { fail("\(doubtful) records arrived more than once, \(inDoubt) are in doubt") }
        // An intent that a crash or a fault of the disk cut off counts, whether or not anything of it left.
        if processes == 1, plan.storeFaults == 0, counted > api.recordsSent {
            fail("\(counted) possible duplicates are counted, and only \(api.recordsSent) records were sent")
        }
    }
}
