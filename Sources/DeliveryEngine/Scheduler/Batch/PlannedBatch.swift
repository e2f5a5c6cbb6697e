import CustomerRecords
import DeliveryStore

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
    /// Read on, so many records at most in a batch.
    case `continue`(batchSize: Int)
    case stop
}
