import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// Decides what happens to every run and every batch: when it is read, sent, repeated, split, held and ended.
///
/// A value without a clock, a task or a disk: an event comes in with its moment, and what has to be done is taken out with
/// `takeActions`. The engine does that and nothing else, and tells what came of it with another event. So every order of
/// events can be tried on virtual time.
struct DeliveryScheduler: ~Copyable {
    typealias Instant = ContinuousClock.Instant

    var policy: DeliveryPolicy
    /// Whether there is an API to send to.
    var hasAPI: Bool
    var random: SeededGenerator
    private(set) var actions: [SchedulerAction] = []

    // MARK: Runs

    /// Runs whose source is open, and those that ended in this process.
    var runs: [RunID: DeliveryRun] = [:]
    /// Open runs, oldest first.
    var roundRobin: [RunID] = []
    /// The turn of the run that was served last.
    var turn = 0
    var queue = RunQueue()
    /// How many callers are creating runs, which belong to the API that is used now.
    private(set) var creations = 0
    /// Runs that are being read from the journal, and what is to be done when that has come to its end.
    var openings: [RunID: Opening] = [:]
    /// Runs that are opened again for single records of an origin.
    var extending: [SubmissionOrigin: RunID] = [:]
    /// Runs that end here for another process, and those that have ended and are not given away yet.
    var yielding: Set<RunID> = []
    var yielded: Set<RunID> = []
    /// Runs that an operator is ending for good: nobody may open them.
    var discards: [RunID: Discard] = [:]
    /// Set when the process ends: why.
    var shutdown: Shutdown?
    /// Whether nothing new is taken, since the process ends now that everything is delivered.
    private(set) var isClosed = false

    // MARK: Units

    var units: [WorkUnit.ID: WorkUnit] = [:]
    var nextUnit: WorkUnit.ID = 0
    /// Units that back off, and until when.
    var backoffs: [WorkUnit.ID: Instant] = [:]
    /// Whether intents are on their way to the journal.
    var isIntending = false

    // MARK: The API

    var pacing: Pacing
    /// Requests that were acknowledged in this process, for all runs.
    var acknowledgements = 0
    /// Why runs of a service were held last because the API refused everything, and how many acknowledgements there were.
    var latestRefusal: (reason: String, acknowledgements: Int)?
    var lastSuccess: Date?
    /// Since when the API has answered requests with records by nothing but errors; `nil` while it works or is away.
    var errorsSince: Instant?
    /// How long the API took for its answers.
    var latencies = LatencyHistogram()
    /// What the API answered last that was not success.
    var lastFault: LastFault?
    /// How long there was something to send and no success, pauses that were asked for left out.
    var fruitless = Duration.zero
    /// Whether the time that passes now counts as fruitless, and since when it was not added up.
    var fruitlessSince: Instant?
    var shownHold: Pacing.Hold?
    /// What runs wait for that are sent although the send window is closed.
    var shownHoldPastWindow: Pacing.Hold?
    /// What the log said last of what holds runs back, and when.
    var saidHold: (reason: String, at: Instant)?
    /// How much of the day's limit is used; `nil` without one.
    var daily: DailyLimit?
    /// The period of the send window in which a moment was last.
    var windowPeriod: SendWindow.Period?
    var isProbingLogin = false

    // MARK: The journal and single submissions

    /// Set while the disk has less room than is to be kept free: no source is read on.
    var shortage: DeliveryError?
    /// Set when the journal can't be written: nothing may leave any more.
    var journalFault: DeliveryError?
    /// What an operator wanted last of each run: a fault of the journal may have come between.
    var standingOrders: [RunID: StandingOrder?] = [:]
    var batcher = SubmissionBatcher()
    /// Single records of this turn that are to be stored.
    var arriving = ArrivingRecords()

    var wakesAt: Instant?

    init(policy: DeliveryPolicy, hasAPI: Bool, seed: UInt64) {
        self.policy = policy
        self.hasAPI = hasAPI
        random = SeededGenerator(seed: seed)
        pacing = Pacing(concurrency: policy.ownConcurrency, rate: policy.ownRate)
        daily = DailyLimit(maximum: policy.dailyLimit, zone: policy.window?.zone)
    }

    /// What a run that is being opened becomes.
    struct Opening: Sendable {
        /// Its place in the queue, when it comes from there.
        var entry: RunQueue.Entry?
        var isPaused = false
        /// An operator resumed it while it was being opened.
        var wasUnpaused = false
        /// Stopped before it was open.
        var stop: String?
        var isRefusalAccepted = false
    }

    /// How far it is with ending a run for good.
    enum Discard: Sendable {
        /// It was active: who waits for its end hears of it when it is discarded.
        case active
        case atRest
    }

    struct ArrivingRecords: Sendable {
        var submissions: [SubmissionID] = []
        var operations: [JournalOperation] = []
    }

    struct Shutdown: Sendable {
        var reason: String
        var mode: StopMode
    }

    // MARK: Actions

    mutating func act(_ action: SchedulerAction) { actions.append(action) }

    /// What has to be done now, in this order.
    mutating func takeActions() -> [SchedulerAction] {
        storeArriving()
        defer { actions = [] }
        return actions
    }

    mutating func record(_ operations: [JournalOperation]) {
        for case .standingOrder(let run, let order) in operations { standingOrders[run] = .some(order) }
        if journalFault == nil, !operations.isEmpty { act(.record(operations)) }
    }

    mutating func commit(_ operations: [JournalOperation], then event: SchedulerEvent) {
        act(.commit(PendingCommit(operations), then: event))
    }

    // MARK: Events

    mutating func handle(_ event: SchedulerEvent, at moment: Moment) {
        take(event, at: moment)
        pump(at: moment)
    }

    /// What has happened, and single records that have arrived, together.
    mutating func handle(_ events: [SchedulerEvent], submissions: [SubmittedRecord] = [], at moment: Moment) {
        for event in events { take(event, at: moment) }
        var isToPump = !events.isEmpty
        for submission in submissions where take(submission, at: moment) { isToPump = true }
        if isToPump { pump(at: moment) }
    }

    private mutating func take(_ event: SchedulerEvent, at moment: Moment) {
        switch event {
        case .answered(let unit, let answer): answered(unit, answer, at: moment)
        case .loginAnswered(let answer): loginAnswered(answer, at: moment)
        case .intended(let units): intended(units, at: moment)
        case .counted(let unit): counted(unit, at: moment)
        case .split(let unit, let middle, let mayHaveBeenApplied):
            splitCommitted(unit, at: middle, mayHaveBeenApplied: mayHaveBeenApplied, moment)
        case .failed(let unit, let kind, let mayHaveBeenApplied):
            failed(unit, kind, mayHaveBeenApplied: mayHaveBeenApplied, at: moment)
        case .acknowledged(let run, let unit): acknowledged(run, unit, at: moment)
        case .stored(let submissions): stored(submissions, at: moment)
        case .commitFailed(let event, let error): commitFailed(event, error, at: moment)
        case .journalRecovered: journalRecovered(at: moment)
        case .readerOpened(let run): readerOpened(run)
        case .offered(let run, let batch): offered(batch, for: run, at: moment)
        case .readerEnded(let run, let sourceEnded): readerEnded(run, sourceEnded: sourceEnded, at: moment)
        case .readerFailed(let run, let error): readerFailed(run, error, at: moment)
        case .sourceBroken(let run, let error): sourceBroken(run, error, at: moment)
        case .opened(let run): opened(run, at: moment)
        case .openingFailed(let run, let error): openingFailed(run, error, at: moment)
        case .submissionRunOpened(let origin, let run): submissionRunOpened(run, for: origin, at: moment)
        case .submissionRunFailed(let origin, let error): submissionRunFailed(origin, error)
        case .runEnded(let run, let summary): runEnded(run, summary, at: moment)
        case .runEndFailed(let run, let summary, let error): runEndFailed(run, summary, error, at: moment)
        case .woke(let instant):
            // One that was set before an earlier one does nothing.
            if wakesAt == instant { wakesAt = nil }
        case .sentCounted(let day, let records): sentCounted(day, records, at: moment)
        case .beat: beat(at: moment)
        }
    }

    /// A run is being prepared for the API as it is set now, until `endCreating`.
    mutating func beginCreating() { creations += 1 }

    mutating func endCreating() {
        creations -= 1
        // Whoever waits for the end of all work looks again.
        if creations == 0 { act(.publish) }
    }

    /// Takes nothing new from now on, unless a run is being delivered, waits to be, or is being created. One that an operator
    /// paused does not count.
    /// - Returns: whether nothing is taken any more.
    mutating func closeIfDelivered() -> Bool {
        let isDelivering = roundRobin.contains { runs[$0].map { $0.machine.life != .paused } ?? false }
        if isDelivering || creations > 0 || !openings.isEmpty || batcher.isOpening || queue.unpausedCount > 0 {
            return false
        }
        isClosed = true
        return true
    }

    /// A defect: the run ends, resumable, and says what happened.
    mutating func impossible(_ what: String, _ run: RunID?, at moment: Moment) {
        act(.impossible(what))
        guard let run else { return }
        endEarly(run, .failed(reason: "internal error: \(what). Nothing was lost. Resume the run."), at: moment)
    }

    /// Tells a run's machine something.
    mutating func tell(_ id: RunID, _ event: RunMachine.Event, at moment: Moment) {
        guard let run = runs[id] else { return }
        if let fault = run.machine.handle(event) { impossible(fault, run.machine.isEnding ? nil : id, at: moment) }
    }
}

/// How the scheduler decides; what one run wants of its own stands in its request.
struct DeliveryPolicy: Sendable {
    /// The most requests in flight.
    var concurrency: Int
    /// Maximum records per second; `nil` means no limit.
    var rate: Int?
    /// Attempts of a batch before its records are failed, retryable.
    var attempts: Int
    /// A command's runs are stopped, resumable, after so long without one success; `nil` is never.
    var giveUpAfter: Duration?
    /// When records may be sent; `nil` is always.
    var window: SendWindow?
    /// Maximum records per day of the window's time zone, or of this machine's; `nil` means no limit.
    var dailyLimit: Int?
    /// What this process may use of concurrency and rate, when several divide them.
    var share: NodeShare?
    /// How long requests in flight may take to end when a run is stopped.
    var stopGrace: Duration
    /// Whether the process serves until it is told to stop: its runs wait for a fault's end by themselves.
    var isService: Bool
    /// How long the API may answer nothing but errors until one record is taken for their cause.
    var errorPatience = Duration.seconds(86_400)
    /// Sources that are open at a time.
    var openSources = 16

    /// Whether the process continues a run by itself after a fault.
    func resumesByItself(_ source: RunSource) -> Bool {
        switch source {
        case .upload, .submissions: true
        case .file, .standardInput, .retry: isService
        }
    }

    /// A batch never holds more records than may leave in a second.
    func batchSize(_ wanted: Int) -> Int { max(1, min(wanted, rate ?? wanted)) }
    /// The same of what this process may send, which changes while a run goes.
    func ownBatchSize(_ wanted: Int) -> Int { max(1, min(wanted, ownRate ?? wanted)) }

    /// Requests that this process may have in flight.
    var ownConcurrency: Int { share?.concurrency ?? concurrency }
    /// Records per second that it may send.
    var ownRate: Int? { share.map(\.rate) ?? rate }
}
