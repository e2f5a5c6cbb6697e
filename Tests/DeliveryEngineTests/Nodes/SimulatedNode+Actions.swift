import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

@testable import DeliveryEngine
@testable import SharedJournal

/// What its engine does for the scheduler.
extension SimulatedNode {
    func act(_ action: SchedulerAction) {
        switch action {
        case .send(let unit, _): send(unit)
        case .abandon(let unit):
            abandoned.insert(unit)
            inFlight[unit] = nil
        case .probeLogin:
            later(cluster.latency()) { [self] in
                let isAway = cluster.api.weather == .away
                let fault = APIOutcome.Fault(.connect(.refused), by: "the API")
                let outcome: APIOutcome =
                    hasWrongKey ? Self.wrongKey : isAway ? .transient(fault, mayHaveBeenApplied: false) : .applied
                tell(
                    .loginAnswered(
                        APIResponse(
                            outcome, label: SimulatedWorld.label(outcome), duration: .milliseconds(5), phase: .auth)))
            }
        case .record(let operations): add(Waiting(operations: operations, node: membership.id))
        case .commit(let commit, let event):
            add(Waiting(operations: commit.operations, node: membership.id, then: event))
        case .open(let run): later(cluster.delay(0.001...0.05)) { [self] in open(run) }
        case .read(let run): beginReading(run)
        case .tellReader(let run, let answer): advanceReader(run, answer)
        case .release(let run): sources[run] = nil
        case .endRun(let end): finish(end)
        case .wake(let instant):
            later(cluster.seconds(until: instant) + 1e-6) { [self] in tell(.woke(at: instant)) }
        case .impossible(let what): cluster.fail("impossible: \(what)")
        case .log(_, let text): cluster.tell("\(membership.id): \(text)")
        case .readStored(let run, _, _), .openSubmissionRun(_, .some(let run)), .sealed(let run):
            cluster.fail("run \(run) holds no single records")
        case .countSent(let day): later(0.01) { [self] in tell(.sentCounted(day, 0)) }
        case .publish, .idle, .recycle, .rested, .tellWaiters, .accept, .decline, .settle, .openSubmissionRun: break
        }
    }

    // MARK: Requests

    private func send(_ unit: WorkUnit.ID) {
        guard let known = scheduler.units[unit] else { return cluster.fail("unit \(unit) is sent and unknown") }
        let batch = known.batch
        let records = cluster.store.identities(
            known.run, from: batch.start.offset, to: batch.end.offset, known.records)
        inFlight[unit] = records
        beat()
        guardLease(unit, known, records)
    }

    static let wrongKey = APIOutcome.misconfigured(status: 403, message: "wrong key")

    /// A request leaves only while nobody can have taken over. A moment may pass between the look and the request.
    private func guardLease(_ unit: WorkUnit.ID, _ known: WorkUnit, _ records: [Int]) {
        guard isFresh else {
            guard membership.isMember else {
                let fault = APIOutcome.Fault(.cancelled, by: "this node", detail: "its lease ended")
                return answered(unit, .transient(fault, mayHaveBeenApplied: false), after: 0)
            }
            return later(0.05) { [self] in guardLease(unit, known, records) }
        }
        later(cluster.delay(0...0.003)) { [self] in
            if abandoned.contains(unit) { return }
            cluster.checkLeaving(self, known)
            let latency = cluster.latency()
            let what = "run \(known.run), batch \(known.sequence + 1), \(records.count) records"
            cluster.tell("\(membership.id) sends \(what)")
            // What has left arrives, whatever becomes of the node.
            cluster.later(min(latency, 0.02)) { [self] in
                let outcome =
                    hasWrongKey ? Self.wrongKey : cluster.api.outcome(of: records, random: &cluster.random)
                answered(unit, outcome, after: max(0, latency - 0.02))
            }
        }
    }

    private func answered(_ unit: WorkUnit.ID, _ outcome: APIOutcome, after seconds: Double) {
        later(seconds) { [self] in
            guard !abandoned.contains(unit) else { return }
            inFlight[unit] = nil
            cluster.tell("\(membership.id): request \(unit) is answered \(SimulatedWorld.label(outcome))")
            if let pause = outcome.retryAfter?.pause { tellOthers(pause.inSeconds) }
            tell(
                .answered(
                    unit,
                    APIResponse(
                        outcome, label: SimulatedWorld.label(outcome), duration: .milliseconds(20), phase: .banners)))
        }
    }

    // MARK: Runs

    func startFile(_ file: [Int], batchSize: Int) {
        guard scheduler.journalFault == nil, !isLeaving else { return }
        let (id, source, creation) = (membership.id, RunSource.upload(name: "upload"), cluster.nextNumber())
        ask(patience: 5) { database, _ throws(Fault) in
            try database.create(id, creation: creation, source, batchSize: batchSize, file: file)
        } then: { [self] (answer: Result<RunID, Fault>) in
            guard case .success(let run) = answer else { return }
            cluster.tell("run \(run) is created by \(id): \(file.count) records, \(batchSize) in a batch")
            let opened = OpenedRun(run, SimulatedStore.new(source, batchSize), total: file.count)
            guard decide({ $0.created(opened, at: $1) }) else { return }
            beat()
            sources[run] = SimulatedReader(open: [], position: 0, batchSize: batchSize)
            beginReading(run)
        }
    }

    func open(_ run: RunID) {
        let (id, owner) = (membership.id, owner)
        ask(patience: 5) { database, _ throws(Fault) in
            try database.reopen(run, by: id, owner)
        } then: { [self] (answer: Result<(OpenedRun, [BatchRow])?, Fault>) in
            switch answer {
            case .success((let opened, let open)?):
                cluster.tell("run \(run) is opened by \(id), \(opened.recordsInDoubt) records in doubt")
                sources[run] = SimulatedReader(
                    open: open, position: opened.position, batchSize: opened.options.batchSize)
                tell(.opened(opened))
                beat()
            case .success(nil), .failure(.belongsToAnother):
                tell(.openingFailed(run, DeliveryError(.conflict, "Another node delivers run \(run), or it is done.")))
            case .failure(let fault): tell(.openingFailed(run, DeliveryError(.journal, "\(fault)")))
            }
        }
    }

    /// What an operator does to a run that this node works on.
    func command(_ body: (inout DeliveryScheduler, Moment) throws(DeliveryError) -> Void) {
        do throws(DeliveryError) { try decide(body) } catch { cluster.tell("… \(error.message)") }
    }

    func resume(_ run: RunID) {
        cluster.tell("an operator of \(membership.id) resumes run \(run)")
        command { (scheduler, moment) throws(DeliveryError) in
            guard try scheduler.claim(run, at: moment) == .read else { return }
            later(0.01) { [self] in open(run) }
        }
    }

    private func beginReading(_ run: RunID) {
        guard let reader = sources.removeValue(forKey: run) else { return cluster.fail("run \(run) has no source") }
        if readers[run] != nil { cluster.fail("run \(run) is read twice at a time by \(membership.id)") }
        readers[run] = reader
        later(cluster.delay(0...0.01)) { [self] in
            tell(.readerOpened(run))
            offerNext(run)
        }
    }

    private func advanceReader(_ run: RunID, _ answer: OfferAnswer) {
        switch answer {
        case .stop:
            later(cluster.delay(0...0.002)) { [self] in
                readers[run] = nil
                tell(.readerEnded(run, sourceEnded: false))
            }
        case .continue(let size):
            readers[run]?.batchSize = size
            later(cluster.delay(0...0.002)) { [self] in offerNext(run) }
        }
    }

    private func offerNext(_ run: RunID) {
        guard let planned = readers[run]?.next(of: cluster.store.files[run] ?? []) else {
            readers[run] = nil
            return tell(.readerEnded(run, sourceEnded: true))
        }
        tell(.offered(run, planned))
    }

    private func finish(_ end: RunEnd) {
        cluster.tell("run \(end.run) ends at \(membership.id) as \(end.final)")
        let last: [JournalOperation] = end.compactBefore.map { [.compact(end.run, before: $0)] } ?? []
        func failed(_ error: DeliveryError) { tell(.runEndFailed(end.run, end.summary, error)) }
        if let fault = scheduler.journalFault { return later(0) { failed(fault) } }
        commit(last) { [self] error in
            if let error { return failed(error) }
            commit([.state(end.run, end.final, endedAt: moment.date)]) { [self] error in
                if let error { failed(error) } else { tell(.runEnded(end.run, end.summary)) }
            }
        }
    }
}

/// The records of a file from where a run stands.
struct SimulatedReader {
    var open: [BatchRow]
    var position: Int
    var batchSize: Int

    /// - Parameter file: its records by position; a negative one is rejected.
    mutating func next(of file: [Int]) -> PlannedBatch? {
        if !open.isEmpty {
            let row = open.removeFirst()
            return PlannedBatch(
                batch: SimulatedBatches.batch(
                    row.records, from: row.start.offset, to: row.end.offset, rejected: 0, isStored: false),
                known: row)
        }
        let start = position
        var (valid, rejected) = (0, 0)
        while position < file.count, valid < batchSize {
            if file[position] >= 0 { valid += 1 } else { rejected += 1 }
            position += 1
        }
        guard position > start else { return nil }
        return PlannedBatch(
            batch: SimulatedBatches.batch(valid, from: start, to: position, rejected: rejected, isStored: false))
    }
}
