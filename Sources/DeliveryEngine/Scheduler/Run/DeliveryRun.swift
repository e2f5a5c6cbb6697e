import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation

/// All that the scheduler knows of a run whose source is open, or that ended in this process.
///
/// A class, so that a change copies nothing; only the scheduler that made it sees it.
final class DeliveryRun {
    let id: RunID
    let source: RunSource
    /// The run as the journal knew it when this process began to work on it.
    private let begun: RunSummary
    var localDay: LocalDay { begun.localDay }
    /// What the reader decided by itself.
    var notices: [Notice]
    let options: ReaderOptions
    let ownsFile: Bool
    var machine = RunMachine()
    var statistics: RunStatistics
    var watermark: Watermark
    var nextSequence: Int
    /// Sequence up to which settled batches have moved into the run's sums.
    var compacted: Int
    /// Units whose intent is not durable yet, in the order of the source.
    var planned: [WorkUnit.ID] = []
    /// Units that may leave: parts and retries before new batches.
    var ready: [WorkUnit.ID] = []
    var inFlight = 0
    var backingOff = 0
    /// Units of which something is on its way to the journal.
    var committing = 0
    /// Single submissions that are on their way into the journal.
    var storing = 0
    /// Who waits for the outcome of units that the API took, until that is durable.
    var acknowledging: [WorkUnit.ID: [SubmissionID]] = [:]
    /// Batches that have no end yet, by their number in the run.
    private var openBatches: [Int: OpenBatch] = [:]
    /// Bytes of memory that they take.
    private(set) var heldMemory = 0
    /// Batches of which something was withdrawn: they are not settled, whatever becomes of their other parts.
    private var withdrawn: Set<Int> = []
    /// Progress through the source, in its unit, with what was read ahead.
    var position: Int
    /// The same without that, as the journal has it.
    private var countedPosition: Int
    /// Records that were read ahead.
    private var readAhead = 0
    /// What the reader said of the source with these batches.
    private var noticesAhead: [Int: [Notice]] = [:]
    var total: Int?
    var rejectsBytes: Int
    var isReaderWaiting = false
    /// Records that left so far, made comparable with those of other runs: the run with the fewest has the next turn.
    var turn = 0
    var refusals = RefusalWatch()
    /// An operator continued it after the API refused everything: it splits on and does not stop again.
    var isRefusalAccepted = false
    /// An operator sends it although the send window is closed, in this process.
    var passesWindow = false
    /// How many acknowledgements there were, for all runs, when the API refused everything of it. Until there is another
    /// one, it sends one request at a time and takes no refusal of a single record for final.
    var refusedAt: Int?
    /// Single records that were refused since it was opened to probe.
    var probeRefusals = 0
    /// How long it waits when the API refuses everything again.
    var refusalPause: Duration
    /// Whether that has been so for a quarter of an hour. From then on refusals of single records are final, three each
    /// time: a run with only a few left ends, and an API that refuses everything by mistake costs few.
    var isRefusedForLong: Bool { refusalPause >= DeliveryScheduler.longestHold }
    /// Set when the run has its end in the journal.
    var ended: RunSummary?
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

    init(_ opened: OpenedRun, refusalPause: Duration, now: ContinuousClock.Instant) {
        id = opened.summary.id
        source = opened.summary.source
        begun = opened.summary
        notices = opened.summary.notices
        options = opened.options
        ownsFile = opened.ownsFile
        total = opened.total
        statistics = RunStatistics(continuing: opened.summary, now: now)
        let first = opened.openBatches.first?.sequence ?? opened.nextSequence
        watermark = Watermark(next: first)
        let open = Set(opened.openBatches.map(\.sequence))
        for sequence in first..<max(first, opened.nextSequence) where !open.contains(sequence) {
            watermark.settled(sequence)
        }
        nextSequence = opened.nextSequence
        compacted = 0
        position = opened.position
        countedPosition = opened.position
        rejectsBytes = opened.rejectsBytes
        self.refusalPause = refusalPause
    }

    /// The run is finishing when everything that is left was sent at least once.
    private var state: RunState {
        let state = machine.state
        let isWaiting = !planned.isEmpty || !ready.isEmpty
        return state == .finishing && !machine.isEnding && isWaiting ? .running : state
    }

    /// A batch was read, of which so many units are to be sent.
    func open(_ sequence: Int, units: Int, memory: Int) {
        openBatches[sequence] = OpenBatch(units: units, memory: memory)
        heldMemory += memory
    }

    /// A unit has become so many.
    func split(_ sequence: Int, into parts: Int) { openBatches[sequence]?.units += parts - 1 }

    /// What the end of a unit means for its batch.
    enum Closing { case unitsLeft, settled, keptBack }

    /// A unit of a batch has come to its end in this process.
    func close(_ sequence: Int, isWithdrawn: Bool) -> Closing {
        if isWithdrawn { withdrawn.insert(sequence) }
        openBatches[sequence]?.units -= 1
        guard let batch = openBatches[sequence], batch.units == 0 else { return .unitsLeft }
        openBatches[sequence] = nil
        heldMemory -= batch.memory
        if withdrawn.remove(sequence) != nil { return .keptBack }
        watermark.settled(sequence)
        return .settled
    }

    /// A batch was read that the journal does not have yet. Stored records are counted already.
    func readAhead(_ planned: PlannedBatch, as sequence: Int) {
        guard !isStored else {
            notices = planned.rejects.notices ?? notices
            return
        }
        readAhead += planned.batch.recordsRead
        noticesAhead[sequence] = planned.rejects.notices
    }

    /// The journal has a batch that was read ahead.
    func count(_ batch: RecordBatch, as sequence: Int) {
        readAhead -= batch.recordsRead
        notices = noticesAhead.removeValue(forKey: sequence) ?? notices
        statistics.planned(batch)
        countedPosition = batch.end.offset
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
        if !isStored { summary.unreadBytes = total.map { max(0, $0 - countedPosition) } }
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
        guard counts.pending + readAhead > 0 else { return position }
        guard counts.read > 0 else { return countedPosition }
        return Int(Double(countedPosition) * Double(counts.read - counts.pending) / Double(counts.read))
    }

    func snapshot(now: ContinuousClock.Instant) -> RunSnapshot {
        let summary = summary(now: now)
        let rate =
            ended == nil
            ? statistics.rate(now: now) : summary.seconds > 0 ? Double(summary.counts.sent) / summary.seconds : 0
        let read = statistics.counts.read
        var estimate: Int?
        if machine.isFullyRead || isStored {
            estimate = read + readAhead
        } else if let total, countedPosition > 0 {
            estimate = Int(Double(read) * Double(total) / Double(countedPosition))
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
            latency: statistics.latency(), sentPerSecond: statistics.sentPerSecond,
            errorsPerSecond: statistics.errorsPerSecond, events: statistics.events, hold: machine.holdKind)
    }
}
