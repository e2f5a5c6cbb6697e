import CustomerRecords
import DeliveryModel
import DeliveryStore
import ShowAdsAPI

/// What one request carries, with all that the scheduler knows of it.
struct WorkUnit: Sendable {
    typealias ID = Int

    let id: ID
    let run: RunID
    /// Number of its batch in the run.
    let sequence: Int
    /// Shared with the other parts of the same batch.
    let shared: SharedBatch
    let path: BannerPath
    var machine: BatchMachine
    /// Whether the records of its batch, and those that were left out beside them, are not counted yet. They are when the
    /// journal has them: what was only read ahead is read again after a stop, and a count would fall.
    var isUncounted = false
    /// Rejected records of its stretch, until its intent is written.
    var rejects: RejectedFile.Checkpoint?
    var sentAt: ContinuousClock.Instant?
    var isProbe = false
    /// Whether an earlier request of it was answered; latencies of those that follow are not learned from.
    var wasAnswered = false
    /// Whether it is a part of a batch of which nothing had been sent, since only so many records could leave.
    var isFirstSending = false
    /// Whether its next request repeats an earlier one, of it or of what it is a part of.
    var isRepeated: Bool { wasAnswered || !machine.isWhole && !isFirstSending }
    /// Whether the connection broke under its last request.
    var wasReset = false
    /// What the API answered when it failed.
    var failure = ""
    /// Whether its records are counted among those that may have arrived more than once.
    var isInDoubt = false

    var records: Range<Int> { machine.records }
    var batch: RecordBatch { shared.batch }

    init(id: ID, run: RunID, sequence: Int, batch: SharedBatch, path: BannerPath, machine: BatchMachine) {
        self.id = id
        self.run = run
        self.sequence = sequence
        shared = batch
        self.path = path
        self.machine = machine
    }

    /// Notes that its request may have been applied.
    var mayHaveBeenApplied: JournalOperation {
        .mayHaveBeenApplied(run, sequence: sequence, records: records, isWhole: machine.isWhole)
    }

    /// A part of it, of which the API is asked apart.
    func part(_ records: Range<Int>, id: ID, state: BatchMachine.State) -> WorkUnit {
        var part = WorkUnit(
            id: id, run: run, sequence: sequence, batch: shared, path: path,
            machine: BatchMachine(
                records: records, isWhole: false, maximumAttempts: machine.maximumAttempts, state: state))
        part.isInDoubt = isInDoubt
        part.wasAnswered = wasAnswered
        part.wasReset = wasReset
        return part
    }
}

/// A batch that is passed around without being copied.
final class SharedBatch: Sendable {
    let batch: RecordBatch

    init(_ batch: RecordBatch) { self.batch = batch }
}
