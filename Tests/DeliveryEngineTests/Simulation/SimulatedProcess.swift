import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import CustomerRecords
@testable import DeliveryEngine
@testable import ShowAdsAPI

/// One life of the program: does what the scheduler says, as the engine does, until it crashes or ends.
final class SimulatedProcess {
    let world: SimulatedWorld
    let number: Int
    var scheduler: DeliveryScheduler
    private(set) var tokens: SimulatedTokens!
    var isAlive = true
    /// Whether it was told to end.
    private(set) var isEnding = false

    private struct Waiting {
        var operations: [JournalOperation]
        var then: SchedulerEvent?
    }

    private struct Reader {
        var open: [BatchRow]
        var position: Int
        var isWaiting = false
        var batchSize: Int
    }

    private var waiting: [Waiting] = []
    private var isCommitting = false
    private var hasJournalFailed = false
    private var isDiskBad = false
    private var isBeating = false
    private var isRecovering = false
    private var readers: [RunID: Reader] = [:]
    /// Sources of runs that were opened and are not read yet.
    private var sources: [RunID: Reader] = [:]
    /// Requests in flight that somebody waits for, with their records.
    private(set) var inFlight: [Int: [Int]] = [:]
    private(set) var runsInFlight: [Int: RunID] = [:]
    private var abandoned: Set<Int> = []

    init(_ world: SimulatedWorld) {
        self.world = world
        world.processes += 1
        world.processBegan = world.time
        number = world.processes
        let plan = world.plan
        scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(
                concurrency: plan.concurrency, rate: plan.rate, attempts: plan.attempts,
                giveUpAfter: plan.giveUpAfter.map { .seconds($0) }, window: plan.window, stopGrace: .seconds(9),
                isService: plan.isService,
                errorPatience: .seconds(300), openSources: plan.openSources),
            hasAPI: true, seed: world.random.next())
        tokens = SimulatedTokens(world) { [unowned self] in isAlive }
    }

    /// Whether nothing more happens by itself.
    var isAtRest: Bool { isAlive && scheduler.isIdle && scheduler.queue.isEmpty && waiting.isEmpty && !isCommitting }

    /// Whether the API counts as down or wrong, so that it is asked before anything else leaves.
    var isTroubled: Bool { scheduler.pacing.isTroubled }

    // MARK: Life

    func begin() {
        world.tell("process \(number) begins")
        let entries = world.store.runs.values.sorted { $0.id < $1.id }.compactMap { run -> RunQueue.Entry? in
            guard run.isOpen, scheduler.policy.keeps(run.source) else { return nil }
            if run.hold == .stopped { return nil }
            var entry = RunQueue.Entry(world.store.summary(run))
            entry.isPaused = run.hold == .paused
            return entry
        }
        decide { $0.enqueue(entries, at: $1) }
    }

    func crash() {
        world.tell("process \(number) crashes")
        isAlive = false
        follow(after: world.delay(0.1...2))
    }

    /// Ends as an operator ends it, and another one begins.
    func shutDown(_ mode: StopMode) {
        guard !isEnding else { return }
        isEnding = true
        world.tell("process \(number) is told to end\(mode == .now ? " now" : "")")
        decide { $0.shutDown(.init(reason: "interrupted", mode: mode), at: $1) }
        let ending = world.delay(0.1...20)
        later(ending) { [self] in
            // Whatever is left then is cut off.
            world.tell("process \(number) has ended")
            isAlive = false
            follow(after: 0.1)
        }
    }

    private func follow(after seconds: Double) {
        let next = SimulatedProcess(world)
        world.process = next
        world.later(seconds) { if next.isAlive { next.begin() } }
    }

    /// Something that happens later in this process, unless it is gone by then.
    func later(_ seconds: Double, _ body: @escaping () -> Void) {
        world.later(seconds) { [self] in if isAlive { body() } }
    }

    /// While there is a fault of the journal, it is tried every two seconds.
    private func recoverLater() {
        guard !isRecovering else { return }
        isRecovering = true
        later(2) { [self] in
            isRecovering = false
            if scheduler.mayRecover, !isDiskBad {
                hasJournalFailed = false
                world.tell("the disk is good again")
                tell(.journalRecovered)
            }
            if hasJournalFailed || scheduler.journalFault != nil { recoverLater() }
        }
    }

    func breakDisk(for seconds: Double) {
        world.tell("the disk fails for \(seconds) s")
        isDiskBad = true
        recoverLater()
        later(seconds) { [self] in isDiskBad = false }
    }

    // MARK: Deciding

    func decide<Value, Failure>(
        _ question: (inout DeliveryScheduler, Moment) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { for action in scheduler.takeActions() { perform(action) } }
        return try question(&scheduler, world.moment)
    }

    func tell(_ event: SchedulerEvent) { decide { $0.handle(event, at: $1) } }

    private func perform(_ action: SchedulerAction) {
        switch action {
        case .send(let unit, let request): send(unit, request)
        case .abandon(let unit):
            world.tell("request \(unit) is cut off")
            abandoned.insert(unit)
            world.api.recordsInDoubt += inFlight[unit]?.count ?? 0
            inFlight[unit] = nil
            runsInFlight[unit] = nil
        case .probeLogin:
            world.tell("a login checks whether the API is back")
            tokens.renew { [self] answer in
                guard isAlive else { return }
                world.watch.loginAnswered(answer, in: world)
                tell(.loginAnswered(answer))
            }
        case .record(let operations): add(Waiting(operations: operations, then: nil))
        case .commit(let commit, let event):
            if case .failed(let unit, .retryable, _) = event { world.checkFailed(unit) }
            add(Waiting(operations: commit.operations, then: event))
        case .open(let run): later(world.delay(0.001...0.05)) { [self] in load(run) }
        case .read(let run): beginReading(run)
        case .tellReader(let run, let answer): advanceReader(run, answer)
        case .release(let run): sources[run] = nil
        case .openSubmissionRun(let origin, let last):
            later(world.delay(0.001...0.02)) { [self] in openSubmissionRun(for: origin, extending: last) }
        case .readStored(let run, let position, let options):
            readers[run] = Reader(open: [], position: position, batchSize: options.batchSize)
            later(world.delay(0...0.01)) { [self] in offerNext(run) }
        case .sealed(let run): world.tell("run \(run) takes no more records")
        case .endRun(let end): finish(end)
        case .wake(let instant):
            // A clock never wakes too early.
            later(world.seconds(until: instant) + 1e-6) { [self] in tell(.woke(at: instant)) }
        case .impossible(let what): world.fail("impossible: \(what)")
        case .log(_, let text): world.tell("log: \(text)")
        case .accept(let submission, let run):
            world.tell("submission \(submission) is accepted into run \(run)")
            world.clients.answered(submission, isAccepted: true, in: world)
        case .decline(let submission, let error):
            world.tell("submission \(submission) is declined: \(error)")
            world.clients.answered(submission, isAccepted: false, in: world)
        case .settle, .publish, .idle, .recycle, .tellWaiters: break
        }
    }

    func beat() {
        guard !isBeating else { return }
        isBeating = true
        later(scheduler.policy.giveUpAfter == nil ? 300 : 1) { [self] in
            isBeating = false
            guard !scheduler.isIdle else { return }
            tell(.beat)
            beat()
        }
    }

    // MARK: Requests

    private func send(_ unit: WorkUnit.ID, _ request: BannerRequest) {
        guard let known = scheduler.units[unit] else { return world.fail("unit \(unit) is sent and unknown") }
        let (run, sequence, records) = (known.run, known.sequence, known.records)
        if world.plan.window?.isOpen(at: world.moment.date) == false {
            world.fail("request \(unit) leaves while the send window is closed")
        }
        guard world.checkIntent(run, sequence, records, isWhole: known.machine.isWhole) else { return }
        let identities = world.store.identities(run, sequence, records)
        for (other, others) in inFlight where !Set(others).isDisjoint(with: identities) {
            world.fail("requests \(other) and \(unit) of run \(run) carry the same record at the same time")
        }
        inFlight[unit] = identities
        runsInFlight[unit] = run
        world.watch.left(run, records: records.count, in: world)
        world.tell("request \(unit): run \(run), batch \(sequence + 1), \(identities.count) records leave")
        beat()
        tokens.acquire(unit) { [self] result in
            guard isAlive, !abandoned.contains(unit) else { return }
            switch result {
            case .failure(let failure):
                var answer = failure.answer
                answer.phase = .auth
                answered(unit, answer)
            case .success(let token): exchange(unit, identities, token)
            }
        }
    }

    private func exchange(_ unit: WorkUnit.ID, _ identities: [Int], _ token: TokenMachine.Token) {
        let latency = world.latency()
        // What has left arrives, whatever becomes of the process.
        world.later(min(latency, 0.02)) { [self] in
            let outcome = world.outcome(of: identities)
            later(max(0, latency - 0.02)) { [self] in
                let final = tokens.answered(token.generation, outcome)
                if abandoned.contains(unit) { return }
                answered(
                    unit,
                    Answer(
                        final, label: SimulatedWorld.label(final), duration: .seconds(latency), phase: .banners))
            }
        }
    }

    private func answered(_ unit: WorkUnit.ID, _ answer: Answer) {
        let records = inFlight.removeValue(forKey: unit)?.count ?? 0
        runsInFlight[unit] = nil
        world.tell("request \(unit) is answered \(answer.label)\(answer.phase == .auth ? " at the login" : "")")
        if case .transient(_, mayHaveBeenApplied: true) = answer.outcome {
            world.api.recordsInDoubt += records
        }
        if let known = scheduler.units[unit] { world.watch.answered(known, answer, in: world) }
        tell(.answered(unit, answer))
    }

    // MARK: The journal

    private func add(_ entry: Waiting) {
        waiting.append(entry)
        commitNext()
    }

    private func commitNext() {
        guard !isCommitting, !waiting.isEmpty else { return }
        isCommitting = true
        if world.chance(world.isHealthy ? 0 : world.plan.storeFaults * 0.02) { breakDisk(for: world.delay(0.5...8)) }
        let isSlow = !world.isHealthy && world.chance(world.plan.slowCommits)
        later(isSlow ? world.delay(0.1...3) : world.delay(0.001...0.01)) { [self] in
            let entries = waiting
            waiting = []
            isCommitting = false
            if isDiskBad, !entries.allSatisfy(\.operations.isEmpty) { failJournal() }
            if !hasJournalFailed {
                for entry in entries { entry.operations.forEach(world.store.apply) }
            }
            // What becomes of them is told one by one: other things may happen in between.
            for entry in entries {
                if hasJournalFailed {
                    let error = DeliveryError(.journal, "The journal is on a full disk.")
                    later(world.delay(0...0.002)) { [self] in tell(.commitFailed(entry.then, error)) }
                } else if let then = entry.then {
                    later(world.delay(0...0.002)) { [self] in tell(then) }
                }
            }
            commitNext()
        }
    }

    private func failJournal() {
        hasJournalFailed = true
        recoverLater()
    }

    /// Makes something durable that the engine itself waits for.
    private func commit(_ operations: [JournalOperation], _ then: @escaping (DeliveryError?) -> Void) {
        later(world.delay(0.001...0.02)) { [self] in
            if hasJournalFailed || isDiskBad {
                if isDiskBad { failJournal() }
                let error = DeliveryError(.journal, "The journal is on a full disk.")
                return then(error)
            }
            // In the order in which they were handed over: what waits goes first.
            for entry in waiting { entry.operations.forEach(world.store.apply) }
            for index in waiting.indices { waiting[index].operations = [] }
            operations.forEach(world.store.apply)
            then(nil)
        }
    }

    private func finish(_ end: RunEnd) {
        world.tell("run \(end.run) ends as \(end.final)")
        world.checkEnding(end, isShuttingDown: isEnding)
        func failed(_ error: DeliveryError) { tell(.runEndFailed(end.run, end.summary, error)) }
        if let fault = scheduler.journalFault {
            return later(0) { failed(fault) }
        }
        commit(end.foldBefore.map { [.fold(end.run, before: $0)] } ?? []) { [self] error in
            if let error { return failed(error) }
            commit([.state(end.run, end.final, endedAt: world.moment.date)]) { [self] error in
                if let error { return failed(error) }
                var summary = end.summary
                if let run = world.store.runs[end.run] { summary = world.store.summary(run) }
                world.checkConcluded(end)
                tell(.runEnded(end.run, summary))
            }
        }
    }

    // MARK: Runs

    func load(_ run: RunID) {
        guard !isDiskBad, let (opened, open) = world.store.reopen(run) else {
            let error =
                isDiskBad ? DeliveryError(.journal, "The disk fails.") : DeliveryError(.conflict, "The run is done.")
            return tell(.openingFailed(run, error))
        }
        world.tell("run \(run) is opened again, \(opened.recordsInDoubt) records in doubt")
        sources[run] = Reader(open: open, position: opened.position, batchSize: opened.options.batchSize)
        tell(.opened(opened))
    }

    func startFile(_ file: [Int], source: RunSource, batchSize: Int) {
        later(world.delay(0.001...0.05)) { [self] in
            guard !isDiskBad else { return }
            let id = world.store.create(source, batchSize: batchSize, file: file)
            world.tell("run \(id) is created: \(file.count) records, \(batchSize) in a batch")
            let opened = OpenedRun(id, SimulatedStore.new(source, batchSize), total: file.count)
            begin(opened, Reader(open: [], position: 0, batchSize: batchSize))
        }
    }

    func retry(_ origin: RunID, onlyOne: Bool) {
        later(world.delay(0.001...0.05)) { [self] in
            guard !isDiskBad, let (id, records) = world.store.createRetry(of: origin, onlyOne: onlyOne),
                let run = world.store.runs[id]
            else { return }
            world.tell("run \(id) retries \(records) records of run \(origin)")
            let opened = OpenedRun(
                id, SimulatedStore.new(run.source, run.new.options.batchSize), total: records, pending: records)
            begin(opened, Reader(open: [], position: 0, batchSize: run.new.options.batchSize))
        }
    }

    func resend(of origin: RunID) {
        later(world.delay(0.001...0.05)) { [self] in
            guard !isDiskBad, let id = world.store.createResend(of: origin), let run = world.store.runs[id] else {
                return
            }
            world.tell("run \(id) sends a record of run \(origin) with other fields")
            let size = run.new.options.batchSize
            begin(
                OpenedRun(id, SimulatedStore.new(run.source, size), total: 1, pending: 1),
                Reader(open: [], position: 0, batchSize: size))
        }
    }

    private func begin(_ run: OpenedRun, _ reader: Reader) {
        guard decide({ $0.created(run, at: $1) }) else { return }
        beat()
        sources[run.summary.id] = reader
        beginReading(run.summary.id)
    }

    private func openSubmissionRun(for origin: SubmissionOrigin, extending last: RunID?) {
        guard !isDiskBad else {
            return tell(.submissionRunFailed(origin, DeliveryError(.journal, "The disk fails.")))
        }
        if let last, let opened = world.store.extend(last) {
            world.tell("run \(last) takes records again")
            tell(.submissionRunOpened(origin, opened))
        } else {
            let id = world.store.create(.submissions, batchSize: 1000)
            tell(.submissionRunOpened(origin, OpenedRun(id, SimulatedStore.new(.submissions, 1000))))
        }
        beat()
    }

    // MARK: Readers

    private func beginReading(_ run: RunID) {
        guard let reader = sources.removeValue(forKey: run) else { return world.fail("run \(run) has no source") }
        if readers[run] != nil { world.fail("run \(run) is read twice at a time") }
        readers[run] = reader
        beat()
        later(world.delay(0...0.01)) { [self] in
            tell(.readerOpened(run))
            offerNext(run)
        }
    }

    private func advanceReader(_ run: RunID, _ answer: OfferAnswer) {
        guard readers[run]?.isWaiting == true else { return world.fail("the reader of run \(run) does not wait") }
        readers[run]?.isWaiting = false
        let lag = world.plan.lagsOfReader ? world.delay(0...0.3) : world.delay(0...0.002)
        switch answer {
        case .stop:
            later(lag) { [self] in
                readers[run] = nil
                tell(.readerEnded(run, sourceEnded: false))
            }
        case .continue(let size):
            readers[run]?.batchSize = size
            later(lag) { [self] in offerNext(run) }
        }
    }

    private func offerNext(_ run: RunID) {
        guard var reader = readers[run], let stored = world.store.runs[run] else { return }
        var planned: PlannedBatch?
        if !reader.open.isEmpty {
            let row = reader.open.removeFirst()
            planned = PlannedBatch(
                batch: SimulatedBatches.batch(row.records, from: row.start.offset, to: row.end.offset, rejected: 0),
                known: row)
        } else {
            planned = nextBatch(stored, &reader).map { PlannedBatch(batch: $0) }
        }
        readers[run] = reader
        guard let planned else {
            readers[run] = nil
            return tell(.readerEnded(run, sourceEnded: true))
        }
        readers[run]?.isWaiting = true
        tell(.offered(run, planned))
    }

    private func nextBatch(_ run: MemoryLedger.Run, _ reader: inout Reader) -> RecordBatch? {
        let start = reader.position
        var end = start
        var valid = 0
        var rejected = 0
        if run.isStored {
            while valid < min(reader.batchSize, SimulatedBatches.most), run.stored[end] != nil {
                valid += 1
                end += 1
            }
        } else {
            let file = world.store.files[run.id] ?? []
            while end < file.count, valid < reader.batchSize {
                if file[end] >= 0 { valid += 1 } else { rejected += 1 }
                end += 1
            }
        }
        guard end > start else { return nil }
        reader.position = end
        return SimulatedBatches.batch(valid, from: start, to: end, rejected: rejected)
    }
}

/// Batches of as many records as wanted; what is in them does not matter here.
enum SimulatedBatches {
    private static let customer: ValidCustomer = {
        switch Validation.check(
            name: "Jane", age: "30", cookie: "c", bannerID: "1", rules: RecordRules(), filter: AgeFilter())
        {
        case .success(let customer): customer
        case .failure: preconditionFailure("the record is valid")
        }
    }()
    /// Records of a batch, at most.
    static let most = 64
    private static let templates: [RecordBatch] = (0...most).map { count in
        var batch = RecordBatch()
        for line in 0..<count { batch.append(customer, line: line + 1) }
        return batch
    }

    static func batch(_ count: Int, from start: Int, to end: Int, rejected: Int) -> RecordBatch {
        var batch = templates[count]
        batch.finish(start: SourcePosition(offset: start, line: 1), end: SourcePosition(offset: end, line: 1))
        batch.tally[.name] = rejected
        return batch
    }

    static func submission(_ id: SubmissionID, identity: Int, key: String? = nil) -> Submission {
        Submission(
            id: id, customer: customer,
            submission: SingleSubmission(
                RecordFields(name: "Jane", age: "30", cookie: String(identity), bannerID: "1"),
                from: SubmissionOrigin(submittedBy: "client \(identity % 3)"),
                claim: key.map { KeyClaim(key: $0, digest: [1]) }))
    }
}
