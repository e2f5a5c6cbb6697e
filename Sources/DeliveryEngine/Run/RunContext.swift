import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation

/// A batch on its way from a reader to the engine.
struct PlannedBatch: Sendable {
    var batch: RecordBatch
    /// The rejected records of its stretch.
    var rejects = RejectedFile.Checkpoint()
    /// The batch's row when the journal knows it already, from before an interruption.
    var known: BatchRow?
}

/// What a reader is told after it offered a batch.
enum OfferAnswer: Sendable {
    /// Read on; a batch that is no longer used lends its memory.
    case goOn(reusing: RecordBatch?)
    case stop
}

/// All that the engine knows of a run that it works on, or that ended in this process.
///
/// A class, so that a change copies nothing; only the engine's actor sees it.
final class RunContext {
    let id: RunID
    let source: RunSource
    /// The run as the journal knew it when this process began to work on it.
    private let begun: RunSummary
    var startedAt: Date { begun.startedAt }
    let localDay: LocalDay
    /// What the reader decided by itself.
    var notices: [Notice]
    let options: ReaderOptions
    /// The file that the run removes when it is done.
    let ownedFile: String?
    var machine = RunMachine()
    var statistics: RunStatistics
    var watermark: Watermark
    var nextSequence: Int
    /// Sequence up to which settled batches have moved into the run's sums.
    var folded: Int
    /// Units whose intent is not durable yet, in the order of the source.
    var planned: [WorkUnit.ID] = []
    /// Units that may leave: parts and retries before new batches.
    var ready: [WorkUnit.ID] = []
    var inFlight = 0
    var backingOff = 0
    /// Batches that have no end yet, by their number in the run.
    private var openBatches: [Int: OpenBatch] = [:]
    /// Bytes of memory that they take.
    private(set) var heldMemory = 0
    /// Batches of which something was withdrawn: they are not settled, whatever becomes of their other parts.
    var withdrawn: Set<Int> = []
    /// Progress through the source, in its unit.
    var position: Int
    var total: Int?
    var rejectsBytes: Int
    /// The reader that waits for room.
    var waitingReader: CheckedContinuation<OfferAnswer, Never>?
    var finishWaiters: [Int: CheckedContinuation<RunSummary?, Never>] = [:]
    /// Set when the run has its end in the journal.
    var ended: RunSummary?
    var isFinishing = false
    /// Until when the requests in flight of a run that is being stopped may end.
    var graceEnds: ContinuousClock.Instant?

    private struct OpenBatch {
        var units: Int
        var memory: Int
    }

    /// Whether its records lie in the journal itself.
    var isStored: Bool {
        switch source {
        case .submissions, .retry: true
        case .file, .standardInput, .upload: false
        }
    }

    init(
        _ summary: RunSummary, options: ReaderOptions, localDay: LocalDay, ownedFile: String?, total: Int?,
        now: ContinuousClock.Instant
    ) {
        id = summary.id
        source = summary.source
        begun = summary
        notices = summary.notices
        self.localDay = localDay
        self.options = options
        self.ownedFile = ownedFile
        self.total = total
        statistics = RunStatistics(continuing: summary, now: now)
        watermark = Watermark(next: 0)
        nextSequence = 0
        folded = 0
        position = 0
        rejectsBytes = 0
    }

    convenience init(_ resumable: ResumableRun, ownedFile: String?, total: Int?, now: ContinuousClock.Instant) {
        self.init(
            resumable.summary, options: resumable.options, localDay: resumable.localDay, ownedFile: ownedFile,
            total: total, now: now)
        let first = resumable.openBatches.first?.sequence ?? resumable.nextSequence
        watermark = Watermark(next: first)
        let open = Set(resumable.openBatches.map(\.sequence))
        for sequence in first..<max(first, resumable.nextSequence) where !open.contains(sequence) {
            watermark.settled(sequence)
        }
        nextSequence = resumable.nextSequence
        position = resumable.readPosition.offset
        rejectsBytes = resumable.rejectsBytes
    }

    /// The run is finishing when everything that is left was sent at least once.
    private var state: RunState {
        let isWaiting = !planned.isEmpty || !ready.isEmpty
        return machine.state == .finishing && !machine.isEnding && isWaiting ? .running : machine.state
    }

    /// A batch was read, of which so many units are to be sent.
    func open(_ sequence: Int, units: Int, memory: Int) {
        openBatches[sequence] = OpenBatch(units: units, memory: memory)
        heldMemory += memory
    }

    /// A unit has become two.
    func split(_ sequence: Int) { openBatches[sequence]?.units += 1 }

    /// A unit of a batch has come to its end in this process.
    /// - Returns: whether it was the last one and the whole batch is settled.
    func close(_ sequence: Int, isWithdrawn: Bool) -> Bool {
        if isWithdrawn { withdrawn.insert(sequence) }
        openBatches[sequence]?.units -= 1
        guard let batch = openBatches[sequence], batch.units == 0 else { return false }
        openBatches[sequence] = nil
        heldMemory -= batch.memory
        if withdrawn.remove(sequence) != nil {
            machine.handle(.batchesWithdrawn(1))
            return false
        }
        watermark.settled(sequence)
        machine.handle(.batchSettled)
        return true
    }

    func summary(now: ContinuousClock.Instant) -> RunSummary {
        if let ended { return ended }
        var summary = begun
        summary.state = state
        summary.counts = statistics.counts
        summary.undelivered = statistics.counts.failed
        summary.possibleDuplicates = statistics.possibleDuplicates
        summary.recordsInDoubt = statistics.recordsInDoubt
        summary.requests = statistics.requests
        summary.retries = statistics.retries
        summary.statuses = statistics.statuses
        summary.seconds = statistics.seconds(now: now)
        summary.endedAt = nil
        summary.notices = notices
        if !isStored { summary.unreadBytes = total.map { max(0, $0 - position) } }
        return summary
    }

    func progress(now: ContinuousClock.Instant) -> RunProgress {
        RunProgress(
            requests: statistics.requests, retries: statistics.retries, statuses: statistics.statuses,
            seconds: statistics.seconds(now: now))
    }

    /// Progress through the source, what was read and still waits left out.
    private var settledPosition: Int {
        let counts = statistics.counts
        if isStored { return counts.read - counts.pending }
        guard counts.read > 0, counts.pending > 0 else { return position }
        return Int(Double(position) * Double(counts.read - counts.pending) / Double(counts.read))
    }

    func snapshot(now: ContinuousClock.Instant) -> RunSnapshot {
        let summary = summary(now: now)
        let rate =
            ended == nil
            ? statistics.rate(now: now) : summary.seconds > 0 ? Double(summary.counts.sent) / summary.seconds : 0
        // What was read to get to `position`; a run that was stopped reads some of it again when it goes on.
        let read = statistics.counts.read
        var estimate: Int?
        if machine.isFullyRead || isStored {
            estimate = read
        } else if let total, position > 0 {
            estimate = Int(Double(read) * Double(total) / Double(position))
        }
        var left: Double?
        if let estimate, rate > 0, ended == nil, read > 0 {
            let share = Double(summary.counts.valid) / Double(read)
            left = max(0, Double(estimate) * share - Double(summary.counts.sent + summary.counts.failed)) / rate
        }
        return RunSnapshot(
            summary: summary, position: settledPosition, total: total, estimatedRecords: estimate,
            isFullyRead: machine.isFullyRead, rate: rate, peakRate: statistics.peakRate, secondsLeft: left,
            inFlight: inFlight, waitingRetries: backingOff, retryableFailures: statistics.retryableFailures,
            latency: statistics.latency, sentPerSecond: statistics.sentPerSecond,
            errorsPerSecond: statistics.errorsPerSecond, events: statistics.events)
    }
}
