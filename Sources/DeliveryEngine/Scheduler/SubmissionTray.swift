import CustomerRecords
import DeliveryModel

/// The single records of one run on their way from the client to a batch.
struct SubmissionTray: Sendable {
    typealias Instant = ContinuousClock.Instant

    let origin: SubmissionOrigin
    /// When the run took its first record.
    let openedAt: Instant
    private(set) var lastArrival: Instant
    /// When records that came are put into a batch, so that others may share it.
    private(set) var batchAt: Instant?
    /// Position of the next record in the run.
    private var nextPosition: Int
    /// Position of the first record that is in no batch yet.
    private var nextInBatch: Int
    /// From this position on records are in the store only.
    private(set) var spilledFrom: Int?
    /// Records that are on their way into the journal.
    var storing = 0
    /// Durable records that are in no batch yet.
    private var durable: [Int: ValidCustomer] = [:]

    init(origin: SubmissionOrigin, position: Int, openedAt: Instant, now: Instant) {
        self.origin = origin
        self.openedAt = openedAt
        lastArrival = now
        nextPosition = position
        nextInBatch = position
    }

    var countInMemory: Int { durable.count }

    /// Whether every record that is to be put into batches here is in one.
    var isBatched: Bool { storing == 0 && nextInBatch == spilledFrom ?? nextPosition }

    /// A place for a record.
    /// - Parameter spills: whether there is no room for it in memory.
    mutating func reserve(spills: Bool, now: Instant) -> Int {
        defer { nextPosition += 1 }
        lastArrival = now
        storing += 1
        if spills, spilledFrom == nil { spilledFrom = nextPosition }
        return nextPosition
    }

    /// - Returns: whether the record is kept in memory.
    mutating func stored(_ customer: ValidCustomer, at position: Int, batchAt due: Instant) -> Bool {
        storing -= 1
        if let spilledFrom, position >= spilledFrom { return false }
        durable[position] = customer
        if batchAt == nil { batchAt = due }
        return true
    }

    /// The next batch of records that follow each other and are durable; `nil` when there is none.
    mutating func nextBatch(limit: Int) -> RecordBatch? {
        guard durable[nextInBatch] != nil else {
            batchAt = nil
            return nil
        }
        var batch = RecordBatch()
        let start = nextInBatch
        while nextInBatch - start < limit, let customer = durable.removeValue(forKey: nextInBatch) {
            // The record's number in the run stands for its line.
            batch.append(customer, line: nextInBatch + 1)
            nextInBatch += 1
        }
        batch.finish(
            start: SourcePosition(offset: start, line: 1), end: SourcePosition(offset: nextInBatch, line: 1))
        return batch
    }
}
