import CustomerRecords
public import DeliveryModel
public import DeliveryStore
public import Foundation
public import Logging
import NIOCore
import ShowAdsAPI
import SystemPackage

/// Sends records: does what the scheduler decides, and tells it what came of it.
///
/// The scheduler is asked once a batch, and once a record only for those that arrive on their own. The actor never
/// computes or waits for a disk itself: reading, sending, and writing happen in tasks around it. It keeps no second copy
/// of a decision.
public actor Engine {
    typealias Instant = ContinuousClock.Instant
    typealias Job = @Sendable () async -> Void

    public nonisolated var unownedExecutor: UnownedSerialExecutor { DeliveryLoop.serialExecutor }

    let directory: StateDirectory
    let journal: any DurableStore
    /// Where operations become durable: the journal, unless a test puts a faulty disk in its place.
    let commits: any CommitLog
    let logger: Logger
    let clock = ContinuousClock()
    let configuration: EngineConfiguration
    var api: (any BannerAPI)?
    /// Makes a client for an address and key that the operator gives.
    var connect: APIConnector?
    /// The profile whose address and key are used.
    var profile: String?
    /// The key that `setAPI` was given last; empty while it is the one of the start.
    var typedKey = ""

    var scheduler: DeliveryScheduler

    // What the scheduler's actions are done with: no decision depends on it.
    /// How the source of a run is read, from when it is opened until it is read.
    var sources: [RunID: Job] = [:]
    /// Readers that wait for room.
    var readers: [RunID: CheckedContinuation<OfferAnswer, Never>] = [:]
    /// Whoever discards a run as soon as it has come to rest.
    var restWaiters: [RunID: CheckedContinuation<Void, Never>] = [:]
    var finishWaiters: [RunID: [Int: CheckedContinuation<RunSummary?, Never>]] = [:]
    var idleWaiters: [CheckedContinuation<Void, Never>] = []
    /// Requests whose answers are waited for.
    var requests: [WorkUnit.ID: Task<Void, Never>] = [:]
    /// Requests that were cut off and have not ended yet.
    var abandoned: [WorkUnit.ID: Task<Void, Never>] = [:]
    var pendingSubmissions: [SubmissionID: PendingSubmission] = [:]
    var tickets: [SubmissionID: SubmissionTicket] = [:]
    /// Memory of batches that are done, for those to come.
    var spareBatches: [RecordBatch] = []
    var isPublishing = false
    /// Whether a bulk fix is being written.
    var isFixing = false
    var nextNumber = 0
    /// When the scheduler is to be told the time next.
    var alarm: Scheduled<Void>?
    /// When the disk was last found to have room.
    var foundRoom: Instant?

    nonisolated let publisher: SnapshotPublisher
    nonisolated let endings = RunEndings()
    nonisolated let requestLog = RequestLog()
    nonisolated let traces = TraceBook()
    nonisolated let inbox = SchedulerInbox()
    private nonisolated let jobs: AsyncStream<Job>
    private nonisolated let jobsContinuation: AsyncStream<Job>.Continuation

    /// - Parameters:
    ///   - api: `nil` while its address or key is missing; runs can't start then.
    ///   - pausedUntil: until when nothing may be sent to it, as a process before this one was told.
    ///   - connect: how to make another client, for `setAPI`.
    public init(
        directory: StateDirectory, journal: any DurableStore, commits: (any CommitLog)? = nil, api: (any BannerAPI)?,
        pausedUntil: Date? = nil, configuration: EngineConfiguration, logger: Logger,
        connect: APIConnector? = nil
    ) {
        self.directory = directory
        self.journal = journal
        self.commits = commits ?? journal
        self.api = api
        self.configuration = configuration
        self.logger = logger
        self.connect = connect
        profile = configuration.profile
        scheduler = DeliveryScheduler(
            policy: configuration.policy, hasAPI: api != nil, seed: UInt64.random(in: 0...(.max)))
        scheduler.knowPause(until: pausedUntil, at: Moment(instant: clock.now, date: Date()))
        var first = EngineSnapshot(
            apiHost: api?.host, concurrencyMaximum: configuration.concurrency, rateMaximum: configuration.rate)
        first.apiAddress = api?.address
        first.profile = configuration.profile
        first.schedule = SendSchedule(window: configuration.window?.text, dailyLimit: configuration.dailyLimit)
        publisher = SnapshotPublisher(first)
        (jobs, jobsContinuation) = AsyncStream.makeStream(of: Job.self)
    }

    /// Does the engine's work until `shutDown` was called or the task is canceled.
    public nonisolated func run() async {
        await withDiscardingTaskGroup { group in
            if let policy = configuration.retention {
                let retention = Retention(
                    policy: policy, store: journal, directory: directory, unsent: configuration.unsentDirectory,
                    logger: logger, isShared: configuration.storeKnowsOwners)
                group.addTask { await retention.run() }
            }
            for await job in jobs {
                group.addTask { await job() }
            }
            group.cancelAll()
            await cutOffRequests()
        }
        await waitForRequests()
        publisher.finish()
        endings.finish()
        await api?.shutdown()
    }

    /// Stops taking new work, unless something is being delivered.
    /// - Returns: whether nothing is taken any more.
    public func closeIfDelivered() -> Bool { scheduler.closeIfDelivered() }

    /// Stops every run and, when they have ended, the engine's work. What an operator paused stays paused.
    /// - Parameter reason: what the runs' state says; they can be resumed.
    public func shutDown(reason: String, mode: StopMode = .finishInFlight) async {
        decide { $0.shutDown(.init(reason: reason, mode: mode), at: $1) }
        while !scheduler.isIdle {
            await withCheckedContinuation { idleWaiters.append($0) }
        }
        for run in scheduler.sealSubmissions() { await tellOfEnd(of: run) }
        alarm?.cancel()
        jobsContinuation.finish()
    }

    /// Starts something that runs beside the actor, within `run()`.
    nonisolated func start(_ job: @escaping Job) { jobsContinuation.yield(job) }

    var moment: Moment { Moment(instant: clock.now, date: Date()) }

    // MARK: Deciding

    /// Asks the scheduler and does what it says. Nothing is awaited in between.
    func decide<Value, Failure>(
        _ question: (inout DeliveryScheduler, Moment) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { for action in scheduler.takeActions() { perform(action) } }
        return try question(&scheduler, moment)
    }

    /// Tells the scheduler what has happened.
    func tell(_ event: SchedulerEvent) {
        decide { $0.handle(event, at: $1) }
    }

    // MARK: Publishing

    /// Every run that ends from now on, once each, until the engine's work is done.
    public nonisolated func endedRuns() -> AsyncStream<RunSummary> { endings.stream() }

    func publish() {
        var snapshot = scheduler.snapshot(host: api?.host, at: moment)
        snapshot.isScheduleTemporary =
            snapshot.schedule
            != SendSchedule(window: configuration.window?.text, dailyLimit: configuration.dailyLimit)
        snapshot.apiAddress = api?.address
        snapshot.profile = profile
        if let absence = commits.absence, snapshot.fault == nil {
            snapshot.fault = absence.message
            snapshot.holds.insert(DeliveryHold(kind: .journal, reason: absence.message), at: 0)
        }
        publisher.publish(snapshot)
    }

    /// Publishes ten times a second while a run goes, and never otherwise.
    func keepPublishing() {
        guard !isPublishing else { return }
        isPublishing = true
        start { [self] in
            var beat = 0
            while await publishBeat(beat) {
                beat += 1
                do { try await clock.sleep(for: .milliseconds(100)) } catch { return }
            }
        }
    }

    private func publishBeat(_ beat: Int) -> Bool {
        publish()
        if scheduler.isIdle {
            isPublishing = false
            return false
        }
        if beat % 10 == 9 {
            let shortage = freeSpace.shortage
            decide { $0.knowShortage(shortage, at: $1) }
            tell(.beat)
        }
        return true
    }
}
