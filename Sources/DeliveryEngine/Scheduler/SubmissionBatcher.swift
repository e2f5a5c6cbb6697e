import CustomerRecords
import DeliveryModel
import DeliveryStore

/// Collects single submissions: those of one origin go into one run, and those that arrive together into bulk requests.
///
/// A run is at its end as soon as everything in it is delivered, and is opened again for what comes later, until it is an
/// hour old or holds ten thousand records. So neither the number of runs nor of open ones grows with a trickle of records.
struct SubmissionBatcher: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is done with a record that arrived.
    enum Action: Sendable {
        /// To be stored in the run at the position.
        case store(SubmittedRecord, RunID, position: Int)
        /// A run is needed: that one if it can be opened again, otherwise a new one.
        case open(SubmissionOrigin, extending: RunID?)
        case wait
    }

    /// How the records of one origin stand.
    struct OriginState: Sendable {
        /// The run that takes records now.
        var run: RunID?
        /// Whether a run is being opened.
        var isOpening = false
        /// Those that wait for a run.
        var waiting: [SubmittedRecord] = []
        /// The run that takes the next records when it has come to its end.
        var last: LastRun?
    }

    struct LastRun: Sendable {
        var run: RunID
        var openedAt: Instant
        var isDone = false
    }

    /// How long a record waits for others to share its request.
    static let linger = Duration.milliseconds(3)
    /// A run comes to its end when nothing arrived for so long.
    static let idleTime = Duration.seconds(1)
    /// A run takes no more records when it is that old …
    static let longestRun = Duration.seconds(3600)
    /// … or holds so many.
    var largestRun = 10_000
    /// Records in memory, of all runs. What comes beyond is read from the store when its turn comes.
    var maximumInMemory = 20_000
    /// Origins that are remembered while nothing of theirs is on its way.
    static let rememberedOrigins = 4096

    var origins: [SubmissionOrigin: OriginState] = [:]
    private var trays: [RunID: SubmissionTray] = [:]
    /// On their way into the journal.
    private var storing: [SubmissionID: (submission: SubmittedRecord, run: RunID, position: Int)] = [:]
    /// Whoever waits for the outcome of a record, by run and position.
    private var askers: [RunID: [Int: SubmissionID]] = [:]
    private var inMemory = 0
    /// Records among them of runs that an operator paused.
    private var atRest = 0
    /// Runs that are done and will not be opened again.
    var sealed: [RunID] = []
    /// When the first of those that could be opened again is too old.
    var sealsAt: Instant?

    /// Whether a run for records is being opened.
    var isOpening: Bool { origins.values.contains { $0.isOpening } }
    /// Runs of which records arrive, or are to be put into batches.
    var runs: [RunID] { trays.keys.sorted() }
    /// Whether records of the run arrive, or are to be put into batches.
    func has(_ run: RunID) -> Bool { trays[run] != nil }

    // MARK: Arrival

    mutating func arrive(_ submission: SubmittedRecord, now: Instant) -> Action {
        let origin = submission.origin
        var state = origins[origin] ?? OriginState()
        defer { origins[origin] = state }
        if let run = state.run, let tray = trays[run] {
            if now - tray.openedAt < Self.longestRun { return reserve(submission, in: run, &state, now: now) }
            state.run = nil
        }
        state.waiting.append(submission)
        return open(origin, &state, now: now)
    }

    /// Asks for a run for those that wait, unless one is being opened or comes to its end.
    private mutating func open(_ origin: SubmissionOrigin, _ state: inout OriginState, now: Instant) -> Action {
        if state.isOpening { return .wait }
        var extended: RunID?
        if let last = state.last, now - last.openedAt < Self.longestRun {
            guard last.isDone else { return .wait }
            extended = last.run
        } else {
            seal(&state)
        }
        state.isOpening = true
        return .open(origin, extending: extended)
    }

    private mutating func reserve(
        _ submission: SubmittedRecord, in run: RunID, _ state: inout OriginState, now: Instant
    ) -> Action {
        guard let position = trays[run]?.reserve(spills: inMemory >= maximumInMemory, now: now) else { return .wait }
        storing[submission.id] = (submission, run, position)
        if position + 1 >= largestRun { state.run = nil }
        return .store(submission, run, position: position)
    }

    /// A run for those that wait.
    /// - Parameter position: of the next record in it.
    mutating func opened(_ run: RunID, for origin: SubmissionOrigin, position: Int, now: Instant) -> [Action] {
        var state = origins[origin] ?? OriginState()
        var openedAt = now
        if let last = state.last, last.run == run { openedAt = last.openedAt } else { seal(&state) }
        state.last = nil
        state.isOpening = false
        state.run = run
        trays[run] = SubmissionTray(origin: origin, position: position, openedAt: openedAt, now: now)
        let waiting = state.waiting
        state.waiting = []
        var actions: [Action] = []
        for (index, submission) in waiting.enumerated() {
            guard state.run != nil else {
                // It is full already.
                state.waiting = Array(waiting[index...])
                actions.append(open(origin, &state, now: now))
                break
            }
            actions.append(reserve(submission, in: run, &state, now: now))
        }
        origins[origin] = state
        return actions
    }

    /// - Returns: those that can't be taken.
    mutating func openingFailed(_ origin: SubmissionOrigin) -> [SubmissionID] {
        guard var state = origins[origin] else { return [] }
        let waiting = state.waiting.map(\.id)
        state.waiting = []
        state.isOpening = false
        seal(&state)
        origins[origin] = state
        return waiting
    }

    /// The record is in the journal. When its run takes no more, it stays there for the run's resumption.
    /// - Returns: its run, and whether it is still to be batched; `nil` when it is unknown.
    mutating func stored(_ id: SubmissionID, now: Instant) -> (run: RunID, isTaken: Bool)? {
        guard let (submission, run, position) = storing.removeValue(forKey: id) else { return nil }
        guard trays[run] != nil else { return (run, false) }
        if submission.request.awaitsOutcome { askers[run, default: [:]][position] = id }
        if trays[run]?.stored(submission.customer, at: position, batchAt: now + Self.linger) == true { inMemory += 1 }
        return (run, true)
    }

    /// - Returns: the run that was to take it.
    mutating func notStored(_ id: SubmissionID) -> RunID? {
        guard let (_, run, _) = storing.removeValue(forKey: id) else { return nil }
        trays[run]?.storing -= 1
        return run
    }

    // MARK: Batches

    /// Whether a batch of the run is due.
    func isDue(_ run: RunID, now: Instant) -> Bool { trays[run]?.batchAt.map { $0 <= now } ?? false }

    /// The next batch of records that follow each other and are durable; `nil` when there is none.
    mutating func nextBatch(of run: RunID, limit: Int) -> RecordBatch? {
        guard let batch = trays[run]?.nextBatch(limit: limit) else { return nil }
        inMemory -= batch.count
        return batch
    }

    // MARK: The end

    /// What comes after the records in memory.
    enum Closing: Equatable, Sendable {
        /// Nothing.
        case complete
        /// Records that are to be read from the store.
        case stored(from: Int)
    }

    /// Closes a run that takes no more records, or to which nothing was added for a while.
    /// - Parameter isSettled: whether everything that is in a batch has its end.
    mutating func close(_ run: RunID, isSettled: Bool, now: Instant) -> Closing? {
        guard let tray = trays[run], tray.isBatched else { return nil }
        if var state = origins[tray.origin], state.run == run {
            guard mayClose(tray, isSettled), tray.lastArrival + Self.idleTime <= now else { return nil }
            state.run = nil
            if tray.spilledFrom == nil, now - tray.openedAt < Self.longestRun {
                state.last = LastRun(run: run, openedAt: tray.openedAt)
            }
            origins[tray.origin] = state
        }
        trays[run] = nil
        return tray.spilledFrom.map { .stored(from: $0) } ?? .complete
    }

    /// When something is due for a run.
    func nextDue(_ run: RunID, hasRoom: Bool, isSettled: Bool) -> Instant? {
        guard let tray = trays[run] else { return nil }
        if hasRoom, let batchAt = tray.batchAt { return batchAt }
        guard tray.isBatched else { return nil }
        if origins[tray.origin]?.run != run { return tray.lastArrival }
        return mayClose(tray, isSettled) ? tray.lastArrival + Self.idleTime : nil
    }

    /// Notes how much of the memory runs hold that are at rest: nobody waits for its end.
    mutating func countAtRest(_ isAtRest: (RunID) -> Bool) {
        atRest = trays.reduce(0) { isAtRest($1.key) ? $0 + $1.value.countInMemory : $0 }
    }

    /// Whether a run that takes records need not stay open: nothing of it is on its way, or it can be continued from the
    /// store because there is room again.
    private func mayClose(_ tray: SubmissionTray, _ isSettled: Bool) -> Bool {
        tray.spilledFrom == nil ? isSettled : inMemory - atRest <= maximumInMemory / 2
    }

    /// Takes no more records into a run, which ends early.
    /// - Returns: whether every record that it took is in a batch.
    @discardableResult
    mutating func cut(_ run: RunID) -> Bool {
        guard let tray = trays.removeValue(forKey: run) else { return false }
        inMemory -= tray.countInMemory
        if origins[tray.origin]?.run == run { origins[tray.origin]?.run = nil }
        return tray.isBatched && tray.spilledFrom == nil
    }

    /// Who waits for the outcome of a unit's records.
    mutating func settle(_ run: RunID, from start: Int, _ records: Range<Int>) -> [SubmissionID] {
        guard askers[run] != nil else { return [] }
        return records.compactMap { askers[run]?.removeValue(forKey: start + $0) }
    }

    /// The run has ended.
    /// - Returns: who still waits and gets no outcome from it, and what is to be opened now.
    mutating func ended(_ run: RunID, isDone: Bool, now: Instant) -> (waiting: [SubmissionID], next: Action?) {
        cut(run)
        let waiting = (askers.removeValue(forKey: run) ?? [:]).values.sorted()
        guard let origin = origins.first(where: { $0.value.last?.run == run })?.key, var state = origins[origin] else {
            return (waiting, nil)
        }
        if isDone {
            state.last?.isDone = true
            sealsAt = min(sealsAt ?? now + Self.longestRun, (state.last?.openedAt ?? now) + Self.longestRun)
        } else {
            state.last = nil
        }
        let next = state.waiting.isEmpty ? nil : open(origin, &state, now: now)
        origins[origin] = state
        return (waiting, next)
    }
}
