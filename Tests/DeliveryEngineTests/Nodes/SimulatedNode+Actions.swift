import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import TestSupport

@testable import DeliveryEngine
@testable import SharedJournal
@testable import ShowAdsAPI

/// What its engine does for the scheduler.
extension SimulatedNode {
    func act(_ action: SchedulerAction) {
        switch action {
        case .send(let unit, _): send(unit)
        case .abandon(let unit):
            abandoned.insert(unit)
            inFlight[unit] = nil
        case .probeLogin:
            tokens.renew { [self] answer in tell(.loginAnswered(answer)) }
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
        case .openSubmissionRun(let origin, let last): openSubmissions(of: origin, extending: last)
        case .readStored(let run, let position, let options):
            readers[run] = SimulatedReader(open: [], position: position, batchSize: options.batchSize)
            later(cluster.delay(0...0.01)) { [self] in offerNext(run) }
        case .traced: break
        case .accept(let submission, let run):
            cluster.tell("submission \(submission) is accepted into run \(run)")
            cluster.checkAccepted(submission)
        case .countSent(let day): later(0.01) { [self] in tell(.sentCounted(day, 0)) }
        case .publish, .idle, .recycle, .rested, .tellWaiters, .decline, .settle, .sealed: break
        }
    }

    // MARK: Requests

    private func send(_ unit: WorkUnit.ID) {
        guard let known = scheduler.units[unit] else { return cluster.fail("unit \(unit) is sent and unknown") }
        let batch = known.batch
        let records = cluster.store.identities(
            known.run, from: batch.start.offset, to: batch.end.offset, known.records)
        inFlight[unit] = membership.id
        beat()
        guardLease(unit, known, records)
    }

    static let wrongKey = APIOutcome.misconfigured(status: 403, message: "wrong key")

    /// A request leaves only while nobody can have taken over. A moment may pass between the look and the request.
    private func guardLease(_ unit: WorkUnit.ID, _ known: WorkUnit, _ records: [Int]) {
        guard isFresh else {
            guard membership.isMember else {
                let fault = APIOutcome.Fault(.cancelled, by: "this node", detail: "its lease ended")
                return answered(unit, Self.answer(.transient(fault, mayHaveBeenApplied: false), .banners))
            }
            return later(0.05) { [self] in guardLease(unit, known, records) }
        }
        tokens.acquire { [self] result in
            switch result {
            case .failure(let failure): answered(unit, failure.answer)
            case .success(let token):
                later(cluster.delay(0...0.003)) { [self] in exchange(unit, known, records, token) }
            }
        }
    }

    private func exchange(_ unit: WorkUnit.ID, _ known: WorkUnit, _ records: [Int], _ token: TokenMachine.Token) {
        if abandoned.contains(unit) {
            // It says nothing about the token.
            _ = tokens.answered(token, .throttled(retryAfter: nil))
            return
        }
        cluster.checkLeaving(self, known)
        let latency = cluster.latency()
        let what = "run \(known.run), batch \(known.sequence + 1), \(records.count) records"
        cluster.tell("\(membership.id) sends \(what)")
        // What has left arrives, whatever becomes of the node.
        cluster.later(min(latency, 0.02)) { [self] in
            let isToken = token.text == String(cluster.newestToken)
            let outcome: APIOutcome =
                hasWrongKey
                ? Self.wrongKey
                : isToken ? cluster.api.outcome(of: records, random: &cluster.random) : .tokenRefused
            later(max(0, latency - 0.02)) { [self] in
                let final = tokens.answered(token, outcome)
                if !abandoned.contains(unit) { answered(unit, Self.answer(final, .banners)) }
            }
        }
    }

    static func answer(_ outcome: APIOutcome, _ phase: APIResponse.Phase) -> APIResponse {
        APIResponse(outcome, label: SimulatedWorld.label(outcome), duration: .milliseconds(20), phase: phase)
    }

    private func answered(_ unit: WorkUnit.ID, _ answer: APIResponse) {
        guard !abandoned.contains(unit) else { return }
        inFlight[unit] = nil
        cluster.tell("\(membership.id): request \(unit) is answered \(answer.label)")
        if let pause = answer.outcome.retryAfter?.pause { tellOthers(pause.inSeconds) }
        tell(.answered(unit, answer))
    }

    // MARK: Runs

    func startFile(_ file: [Int], batchSize: Int) {
        guard scheduler.journalFault == nil, !isLeaving else { return }
        let (id, source, creation) = (membership.id, RunSource.upload(name: "upload"), cluster.nextNumber())
        write { database, write, _ throws(Fault) in
            try database.create(id, write, creation: creation, source, batchSize: batchSize, file: file)
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

    private func openSubmissions(of origin: SubmissionOrigin, extending last: RunID?) {
        let (id, creation) = (membership.id, cluster.nextNumber())
        write { database, write, _ throws(Fault) in
            try database.openSubmissions(id, write, creation: creation, extending: last)
        } then: { [self] (answer: Result<OpenedRun, Fault>) in
            switch answer {
            case .success(let run):
                cluster.tell("run \(run.summary.id) takes single records at \(id)")
                tell(.submissionRunOpened(origin, run))
                beat()
            case .failure(let fault): tell(.submissionRunFailed(origin, DeliveryError(.journal, "\(fault)")))
            }
        }
    }

    /// Sends again what failed in a run, whoever delivered it.
    func retry(_ origin: RunID) {
        guard scheduler.journalFault == nil, !isLeaving else { return }
        let (id, creation) = (membership.id, cluster.nextNumber())
        write { database, write, _ throws(Fault) in
            try database.createRetry(id, write, creation: creation, of: origin)
        } then: { [self] (answer: Result<RunID?, Fault>) in
            guard case .success(let run?) = answer, let stored = cluster.store.runs[run] else { return }
            let (records, size) = (cluster.store.total(stored), stored.new.options.batchSize)
            cluster.tell("run \(run) is created by \(id): retries \(records) records of run \(origin)")
            let opened = OpenedRun(
                run, SimulatedStore.new(stored.source, size), total: records, pending: records)
            guard decide({ $0.created(opened, at: $1) }) else { return }
            beat()
            sources[run] = SimulatedReader(open: [], position: 0, batchSize: size)
            beginReading(run)
        }
    }

    func open(_ run: RunID) {
        let (id, owner) = (membership.id, owner)
        write { database, write, _ throws(Fault) in
            try database.reopen(run, by: id, write, owner)
        } then: { [self] (answer: Result<(OpenedRun, [BatchRow])?, Fault>) in
            switch answer {
            case .success((let opened, let open)?):
                cluster.tell("run \(run) is opened by \(id), \(opened.recordsInFlight) records in doubt")
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
        guard let planned = readers[run]?.next(of: run, in: cluster.store) else {
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
