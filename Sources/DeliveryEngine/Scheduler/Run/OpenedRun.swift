import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation

/// A run whose source is open, as it comes to the scheduler.
struct OpenedRun: Sendable {
    var summary: RunSummary
    var options: ReaderOptions
    /// Whether its file goes with it.
    var ownsFile = false
    /// The source's size in its unit.
    var total: Int?
    /// Batches that an earlier process left, in the order of the source.
    var openBatches: [BatchRow] = []
    var nextSequence = 0
    var position = 0
    var rejectsBytes = 0
    var recordsInFlight = 0
    /// Until when the API asked for a pause.
    var waitsUntil: Date?

    /// A run that has just been created.
    init(_ id: RunID, _ new: NewRun, ownsFile: Bool = false, total: Int? = nil, pending: Int = 0) {
        summary = new.summary(id)
        summary.counts.pending = pending
        options = new.options
        self.ownsFile = ownsFile
        self.total = total
    }

    init(_ resumable: ResumableRun, total: Int?) {
        summary = resumable.summary
        options = resumable.options
        if case .spool = resumable.source.location { ownsFile = true }
        self.total = total
        openBatches = resumable.openBatches
        nextSequence = resumable.nextSequence
        position = resumable.readPosition.offset
        rejectsBytes = resumable.rejectsBytes
        recordsInFlight = resumable.recordsInFlight
        waitsUntil = resumable.waitsUntil
    }
}
