import CustomerRecords
import DeliveryModel

/// A single record on its way in.
struct Submission: Sendable {
    let id: SubmissionID
    let customer: ValidCustomer
    let fields: RecordFields
    let idempotencyKey: String?
}

/// Collects single submissions: those that arrive together go into one run and into bulk requests.
struct SubmissionDesk: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// The run that takes submissions now.
    private(set) var run: RunID?
    /// Whether a run for them is being created.
    private(set) var isOpening = false
    private var openedAt: Instant?
    private var lastArrival: Instant?
    /// When records that came are put into a batch, so that others may share it.
    private var batchAt: Instant?
    /// Those that wait for a run.
    private var waiting: [Submission] = []
    /// On their way into the journal.
    private var storing: [SubmissionID: (submission: Submission, run: RunID, position: Int)] = [:]
    /// Position of the next record in the run.
    private var nextPosition = 0
    /// Position of the first record that is in no batch yet.
    private var nextInBatch = 0
    /// Durable records that are in no batch yet.
    private var durable: [Int: ValidCustomer] = [:]
    /// Whoever waits for the outcome of a record, by run and position.
    private var askers: [RunID: [Int: SubmissionID]] = [:]

    /// How long a record waits for others to share its request.
    private static let linger = Duration.milliseconds(3)
    /// A run of submissions ends when none came for so long …
    private static let idleTime = Duration.seconds(1)
    /// … or when it has been open for so long.
    private static let longestRun = Duration.seconds(60)

    /// Records that are on their way in.
    var arriving: Int { waiting.count + storing.count }
    /// Whether every record of the open run is in a batch.
    private var isEmpty: Bool { nextInBatch == nextPosition && storing.isEmpty }

    // MARK: Arrival

    enum Arrival: Sendable {
        /// To be stored in the run at the position.
        case store(Submission, RunID, position: Int)
        case createRun
        case wait
    }

    mutating func arrive(_ submission: Submission, now: Instant) -> Arrival {
        if let run { return reserve(submission, in: run, now: now) }
        waiting.append(submission)
        if isOpening { return .wait }
        isOpening = true
        return .createRun
    }

    private mutating func reserve(_ submission: Submission, in run: RunID, now: Instant) -> Arrival {
        lastArrival = now
        defer { nextPosition += 1 }
        storing[submission.id] = (submission, run, nextPosition)
        return .store(submission, run, position: nextPosition)
    }

    /// A run for those that wait.
    mutating func open(_ run: RunID, now: Instant) -> [Arrival] {
        self.run = run
        isOpening = false
        openedAt = now
        lastArrival = now
        batchAt = nil
        nextPosition = 0
        nextInBatch = 0
        durable = [:]
        defer { waiting = [] }
        return waiting.map { reserve($0, in: run, now: now) }
    }

    /// - Returns: those that can't be taken.
    mutating func openingFailed() -> [SubmissionID] {
        isOpening = false
        defer { waiting = [] }
        return waiting.map(\.id)
    }

    /// The record is in the journal. When its run takes no more, it stays there for the run's resumption.
    /// - Returns: its run, and whether it is still to be batched; `nil` when it is unknown.
    mutating func stored(_ id: SubmissionID, now: Instant) -> (run: RunID, isTaken: Bool)? {
        guard let (submission, run, position) = storing.removeValue(forKey: id) else { return nil }
        guard self.run == run else { return (run, false) }
        askers[run, default: [:]][position] = id
        durable[position] = submission.customer
        if batchAt == nil { batchAt = now + Self.linger }
        return (run, true)
    }

    mutating func notStored(_ id: SubmissionID) { storing[id] = nil }

    // MARK: Batches

    /// Whether a batch is due.
    func isDue(now: Instant) -> Bool { batchAt.map { $0 <= now } ?? false }

    /// The next batch of records that follow each other and are durable; `nil` when there is none.
    mutating func nextBatch(limit: Int) -> RecordBatch? {
        guard durable[nextInBatch] != nil else {
            batchAt = nil
            return nil
        }
        var batch = RecordBatch()
        let start = nextInBatch
        while nextInBatch - start < limit, let customer = durable.removeValue(forKey: nextInBatch) {
            batch.append(customer, line: 0)
            nextInBatch += 1
        }
        batch.finish(
            start: SourcePosition(offset: start, line: 1), end: SourcePosition(offset: nextInBatch, line: 1))
        return batch
    }

    // MARK: The end

    /// Whether nobody adds to the run any more.
    func isIdle(now: Instant) -> Bool { sealsAt.map { $0 <= now } ?? false }

    private var sealsAt: Instant? {
        guard run != nil, isEmpty, let openedAt, let lastArrival else { return nil }
        return min(lastArrival + Self.idleTime, max(openedAt + Self.longestRun, lastArrival))
    }

    /// When something is due.
    func nextDue(hasRoom: Bool) -> Instant? {
        if hasRoom, let batchAt { return batchAt }
        return sealsAt
    }

    /// Takes no more records into the open run.
    mutating func close() { run = nil }

    /// Who waits for the outcome of a unit's records.
    mutating func settle(_ run: RunID, from start: Int, _ records: Range<Int>) -> [SubmissionID] {
        guard askers[run] != nil else { return [] }
        return records.compactMap { askers[run]?.removeValue(forKey: start + $0) }
    }

    /// The run has ended.
    /// - Returns: who still waits and gets no outcome from it.
    mutating func ended(_ run: RunID) -> [SubmissionID] {
        if self.run == run { close() }
        return (askers.removeValue(forKey: run) ?? [:]).values.sorted()
    }
}
