import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
public import Logging
import NIOCore
import ShowAdsAPI
import SystemPackage

/// Sends records: owns the runs, their batches and the pacing, and decides; reading, sending and writing happen in
/// tasks of its own around it.
///
/// The engine is asked once a batch, never once a record, and never computes or waits for a disk itself. What has to be
/// done is decided by value types (`RunMachine`, `BatchMachine`, `Pacing`); the actor performs it.
public actor Engine {
    typealias Instant = ContinuousClock.Instant
    typealias Job = @Sendable () async -> Void

    let directory: StateDirectory
    let journal: any DurableStore
    /// Where facts become durable: the journal, unless a test puts a faulty disk in its place.
    let commits: any CommitLog
    let logger: Logger
    let clock = ContinuousClock()
    var configuration: EngineConfiguration
    var api: (any BannerAPI)?
    /// Makes a client for an address and key that the operator gives.
    let connect: (@Sendable (_ url: String, _ projectKey: String) throws(DeliveryError) -> any BannerAPI)?

    var runs: [RunID: RunContext] = [:]
    /// The order in which runs take turns; ended ones are not in it.
    var turns: [RunID] = []
    var units: [WorkUnit.ID: WorkUnit] = [:]
    var nextUnit: WorkUnit.ID = 0
    /// Units that back off, and until when.
    var backoffs: [WorkUnit.ID: Instant] = [:]
    var pacing: Pacing
    var refusals = RefusalWatch()
    /// Refused units whose parts are not durable yet.
    var splitting = 0
    var lastSuccess: (instant: Instant, date: Date)?
    /// When runs were last known to be getting somewhere, for giving up.
    var lastProgress: Instant
    /// Rejected records of planned batches, until their intent is written.
    var plannedRejects: [WorkUnit.ID: RejectedFile.Checkpoint] = [:]
    var shownHold: Pacing.Hold?
    var isIntending = false
    var isPublishing = false
    var wakesAt: Instant?
    /// Set when the journal can't be written: nothing may leave any more.
    var journalFault: DeliveryError?
    /// Memory of batches that are done, for those to come.
    var spareBatches: [RecordBatch] = []
    var submissions = SubmissionDesk()
    var isOpeningSubmissions = false
    var submissionOpeners: [CheckedContinuation<Void, Never>] = []
    /// Whether a task forms batches of single submissions, or is about to.
    var isBatching = false
    var nextWaiter = 0

    nonisolated let publisher: SnapshotPublisher
    nonisolated let endings = RunEndings()
    private nonisolated let jobs: AsyncStream<Job>
    private nonisolated let jobsContinuation: AsyncStream<Job>.Continuation

    /// - Parameters:
    ///   - api: `nil` while its address or key is missing; runs can't start then.
    ///   - connect: how to make another client, for `setAPI`.
    public init(
        directory: StateDirectory, journal: any DurableStore, commits: (any CommitLog)? = nil, api: (any BannerAPI)?,
        configuration: EngineConfiguration, logger: Logger,
        connect: (@Sendable (_ url: String, _ projectKey: String) throws(DeliveryError) -> any BannerAPI)? = nil
    ) {
        self.directory = directory
        self.journal = journal
        self.commits = commits ?? journal
        self.api = api
        self.configuration = configuration
        self.logger = logger
        self.connect = connect
        pacing = Pacing(concurrency: configuration.concurrency, rate: configuration.rate)
        lastProgress = clock.now
        publisher = SnapshotPublisher(
            EngineSnapshot(
                apiHost: api?.host, concurrencyMaximum: configuration.concurrency, rateMaximum: configuration.rate))
        (jobs, jobsContinuation) = AsyncStream.makeStream(of: Job.self)
    }

    /// Does the engine's work until `shutDown` was called or the task is cancelled.
    public nonisolated func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask { await job() }
            }
            group.cancelAll()
        }
        publisher.finish()
        endings.finish()
        await endConnections()
    }

    /// Stops every run and, when they have ended, the engine's work.
    /// - Parameter reason: what the runs' state says; they can be resumed.
    public func shutDown(reason: String, mode: StopMode = .finishInFlight) async {
        for run in turns { requestStop(run, reason: reason, mode: mode) }
        while let run = turns.first { _ = await ended(run) }
        jobsContinuation.finish()
    }

    private func endConnections() async {
        await api?.shutdown()
    }

    /// Starts something that goes on beside the actor, within `run()`.
    nonisolated func start(_ job: @escaping Job) { jobsContinuation.yield(job) }

    // MARK: Publishing

    /// Every run that ends from now on, once each, until the engine's work is done.
    public nonisolated func endedRuns() -> AsyncStream<RunSummary> { endings.stream() }

    func publish() {
        let now = clock.now
        for run in turns { runs[run]?.statistics.advance(now: now) }
        let breaker: EngineSnapshot.Breaker =
            switch pacing.breaker.state {
            case .closed: .closed
            case .open(let until, _): .open(until: date(of: until, now: now))
            case .probing: .probing
            }
        publisher.publish(
            EngineSnapshot(
                runs: runs.values.sorted { $0.id < $1.id }.map { $0.snapshot(now: now) }, apiHost: api?.host,
                fault: journalFault?.message, breaker: breaker, lastSuccess: lastSuccess?.date,
                inFlight: pacing.inFlight,
                concurrencyLimit: pacing.limit, concurrencyMaximum: configuration.concurrency,
                rateMaximum: configuration.rate, requestRateLimit: pacing.rateGate.rate(now: now)))
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
        if turns.isEmpty {
            isPublishing = false
            return false
        }
        if beat % 10 == 9 {
            let now = clock.now
            record(turns.compactMap { runs[$0].map { .progress($0.id, $0.progress(now: now)) } })
            checkProgress(now: now)
        }
        return true
    }

    func date(of instant: Instant, now: Instant) -> Date {
        Date(timeIntervalSinceNow: (instant - now).inSeconds)
    }
}
