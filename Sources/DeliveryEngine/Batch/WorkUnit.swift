import CustomerRecords
import DeliveryModel
import ShowAdsAPI

/// What one request carries, with all that the engine knows of it.
struct WorkUnit: Sendable {
    typealias ID = Int

    let id: ID
    let run: RunID
    /// Number of its batch in the run.
    let sequence: Int
    /// Shared with the other parts of the same batch.
    private let shared: SharedBatch
    let path: BannerPath
    var machine: BatchMachine
    var sentAt: ContinuousClock.Instant?
    var isProbe = false
    /// Whether an earlier request of it was answered; latencies of those that follow are not learned from.
    var wasAnswered = false

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

    /// A part of it, of which the API is asked apart.
    func part(_ records: Range<Int>, id: ID) -> WorkUnit {
        WorkUnit(
            id: id, run: run, sequence: sequence, batch: shared, path: path,
            machine: BatchMachine(
                records: records, isWhole: false, maximumAttempts: machine.maximumAttempts, state: .ready))
    }
}

/// A batch that is passed around without being copied.
final class SharedBatch: Sendable {
    let batch: RecordBatch

    init(_ batch: RecordBatch) { self.batch = batch }
}
