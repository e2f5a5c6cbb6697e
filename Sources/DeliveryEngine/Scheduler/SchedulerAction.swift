import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// What the engine has to do for the scheduler. There are two for each single record, so large payloads are
/// indirect.
enum SchedulerAction: Sendable {
    // Requests
    case send(WorkUnit.ID, BannerRequest)
    /// Nobody waits for the request any more: cut it off.
    case abandon(WorkUnit.ID)
    case probeLogin

    // The journal
    /// Make durable without waiting.
    case record([JournalOperation])
    /// Make durable, then tell the scheduler.
    case commit(PendingCommit, then: SchedulerEvent)

    /// Ask how many records the API took on a day, and tell the scheduler.
    case countSent(Range<Date>)

    // Readers and runs
    /// Read the journal's knowledge of a run and open its source.
    case open(RunID)
    /// Read the source of a run that was opened.
    case read(RunID)
    case tellReader(RunID, OfferAnswer)
    /// Nobody reads the run's source in this process for now: let go of it.
    case release(RunID)
    /// Open a run for single records: that one again if it can be, otherwise a new one.
    indirect case openSubmissionRun(SubmissionOrigin, extending: RunID?)
    /// Read the rest of a run's records from the store.
    indirect case readStored(RunID, from: Int, ReaderOptions)
    /// A run of single records that is done takes no more of them.
    case sealed(RunID)
    /// Bring the run's end into the journal and its files.
    indirect case endRun(RunEnd)
    /// Whoever waits for the run's end gets to know it; `nil`: as the journal has it.
    indirect case tellWaiters(RunID, RunSummary?)
    /// A run that is to be discarded has come to its end here.
    case rested(RunID)
    /// The memory of a batch that is done.
    case recycle(SharedBatch)

    // Single submissions
    case accept(SubmissionID, RunID)
    case decline(SubmissionID, DeliveryError)
    case settle(SubmissionID, SubmissionOutcome)
    /// The record at the position belongs to a trace.
    indirect case traced(RunID, position: Int, String)

    // The rest
    case wake(at: ContinuousClock.Instant)
    case publish
    case log(Logger.Level, String)
    /// Nothing is open or being opened any more.
    case idle
    /// Something happened that can't happen: a defect.
    case impossible(String)
}

/// Operations on their way to the journal. What takes its time to put into words is done where it is written.
struct PendingCommit: Sendable {
    /// A failure of each of a unit's records.
    final class Failure: Sendable {
        let unit: WorkUnit
        let kind: FailedRecord.Kind
        let status: String
        let message: String

        init(unit: WorkUnit, kind: FailedRecord.Kind, status: String, message: String) {
            self.unit = unit
            self.kind = kind
            self.status = status
            self.message = message
        }
    }

    private var known: [JournalOperation]
    private var failure: Failure?

    init(_ operations: [JournalOperation], failure: Failure? = nil) {
        known = operations
        self.failure = failure
    }

    /// Whether the operations need not be made first, which takes its time.
    var isReady: Bool { failure == nil }

    var operations: [JournalOperation] {
        guard let failure else { return known }
        let unit = failure.unit
        return known + [
            .fail(
                unit.run, sequence: unit.sequence, records: unit.records, isWhole: unit.machine.isWhole,
                failures: failure.rows)
        ]
    }
}

extension PendingCommit.Failure {
    fileprivate var rows: [NewFailure] {
        unit.records.map { index in
            let row = unit.batch.customer(at: index)
            return NewFailure(
                line: row.line, kind: kind, status: status, message: message, attempts: max(1, unit.machine.attempts),
                fields: row.fields)
        }
    }
}

/// A run at its end, with what has to be written of it.
struct RunEnd: Sendable {
    var run: RunID
    var source: RunSource
    var localDay: LocalDay
    var final: RunState
    /// As this process knows it.
    var summary: RunSummary
    var progress: RunProgress
    /// Batches below it move into the run's sums; `nil` when there is none.
    var compactBefore: Int?
    var rejectsBytes: Int
    var ownsFile: Bool
    var isStored: Bool
    var hasFailures: Bool
    var graph = RunGraph()
}
