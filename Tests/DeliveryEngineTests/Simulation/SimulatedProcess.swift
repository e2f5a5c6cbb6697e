import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import TestSupport

@testable import CustomerRecords
@testable import DeliveryEngine
@testable import ShowAdsAPI

/// One life of the program: does what the scheduler says, as the engine does, until it crashes or ends.
final class SimulatedProcess {
    unowned let world: SimulatedWorld
    let number: Int
    var scheduler: DeliveryScheduler
    private(set) var tokens: SimulatedTokens!
    var isAlive = true
    /// Whether it was told to end.
    private(set) var isEnding = false

    struct Waiting {
        var operations: [JournalOperation]
        var then: SchedulerEvent?
    }

    struct Reader {
        var open: [BatchRow]
        var position: Int
        var isWaiting = false
        var batchSize: Int
    }

    var waiting: [Waiting] = []
    var isCommitting = false
    var hasJournalFailed = false
    var isDiskBad = false
    private var isBeating = false
    private var isRecovering = false
    var readers: [RunID: Reader] = [:]
    /// Sources of runs that were opened and are not read yet.
    var sources: [RunID: Reader] = [:]
    /// Requests in flight that somebody waits for, with their records.
    private(set) var inFlight: [Int: [Int]] = [:]
    private(set) var runsInFlight: [Int: RunID] = [:]
    private var abandoned: Set<Int> = []
    /// What has arrived and is not told yet.
    private var inbox: [SchedulerEvent] = []

    init(_ world: SimulatedWorld) {
        self.world = world
        world.processes += 1
        number = world.processes
        let plan = world.plan
        world.window = plan.window
        scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(
                concurrency: plan.concurrency, rate: plan.rate, attempts: plan.attempts,
                giveUpAfter: plan.giveUpAfter.map { .seconds($0) }, window: plan.window,
                dailyLimit: plan.dailyLimit, stopGrace: .seconds(9),
                isService: plan.isService,
                errorPatience: .seconds(300), openSources: plan.openSources),
            hasAPI: true, seed: world.random.next())
        if let limits = plan.submissionLimits {
            scheduler.batcher.largestRun = limits.run
            scheduler.batcher.maximumInMemory = limits.memory
        }
        scheduler.knowPause(
            until: world.store.ledger.requestedPause(of: SimulatedStore.binding.api ?? ""), at: world.moment)
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
            guard run.isOpen, scheduler.policy.resumesByItself(run.source) else { return nil }
            if run.standingOrder == .stopped { return nil }
            var entry = RunQueue.Entry(world.store.summary(run))
            entry.isPaused = run.standingOrder == .paused
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
        world.processEnds[number] = world.time
        if let fault = world.store.requestFault { world.fail(fault) }
        let next = SimulatedProcess(world)
        world.process = next
        world.later(seconds) { if next.isAlive { next.begin() } }
    }

    /// Something that happens later in this process, unless it is gone by then.
    func later(_ seconds: Double, _ body: @escaping () -> Void) {
        world.later(seconds) { [self] in if isAlive { body() } }
    }

    /// While there is a fault of the journal, it is tried every two seconds.
    func recoverLater() {
        guard !isRecovering else { return }
        isRecovering = true
        later(2) { [self] in
            isRecovering = false
            // It is tried behind all that was handed over before.
            if scheduler.mayRecover, !isDiskBad, !isCommitting {
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

    /// Something that is told together with what else has arrived by then.
    func arrived(_ event: SchedulerEvent) {
        inbox.append(event)
        if inbox.count == 1 { later(world.delay(0...0.002)) { [self] in emptyInbox() } }
    }

    private func emptyInbox() {
        let arrived = inbox.filter { event in
            guard case .answered(let unit, _) = event else { return true }
            return !abandoned.contains(unit)
        }
        inbox = []
        for case .answered(let unit, let answer) in arrived {
            let records = inFlight.removeValue(forKey: unit)?.count ?? 0
            runsInFlight[unit] = nil
            if case .transient(_, mayHaveBeenApplied: true) = answer.outcome { world.api.recordsInDoubt += records }
            if let known = scheduler.units[unit] { world.watch.answered(known, answer, in: world) }
        }
        if !arrived.isEmpty { decide { $0.handle(arrived, at: $1) } }
        world.watch.told(in: world)
    }

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
        case .countSent(let day):
            commit([]) { [self] error in
                let count = world.store.ledger.recordsSent(to: SimulatedStore.binding.api, in: day)
                tell(.sentCounted(day, error == nil ? count : nil))
            }
        case .wake(let instant):
            // A clock never wakes too early.
            later(world.seconds(until: instant) + 1e-6) { [self] in tell(.woke(at: instant)) }
        case .impossible(let what): world.fail("impossible: \(what)")
        case .log(_, let text): world.tell("log: \(text)")
        case .traced: break
        case .accept(let submission, let run):
            world.tell("submission \(submission) is accepted into run \(run)")
            world.clients.answered(submission, isAccepted: true, in: world)
        case .decline(let submission, let error):
            world.tell("submission \(submission) is declined: \(error)")
            world.clients.answered(submission, isAccepted: false, in: world)
        case .settle(let submission, let outcome): world.clients.settled(submission, outcome, in: world)
        case .rested(let run): discardAtRest(run)
        case .publish, .idle, .recycle, .tellWaiters: break
        }
    }

    func beat() {
        guard !isBeating else { return }
        isBeating = true
        let isPatient = scheduler.policy.giveUpAfter == nil || world.plan.dailyLimit != nil
        later(isPatient ? 300 : world.isHealthy ? 10 : 1) { [self] in
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
        if world.window?.isOpen(at: world.moment.date) == false, scheduler.runs[run]?.passesWindow != true {
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
                    APIResponse(
                        final, label: SimulatedWorld.label(final), duration: .seconds(latency), phase: .banners))
            }
        }
    }

    private func answered(_ unit: WorkUnit.ID, _ answer: APIResponse) {
        world.tell("request \(unit) is answered \(answer.label)\(answer.phase == .auth ? " at the login" : "")")
        arrived(.answered(unit, answer))
    }
}
