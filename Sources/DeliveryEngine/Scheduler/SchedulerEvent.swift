import CustomerRecords
import DeliveryModel
import Foundation
import ShowAdsAPI

/// What has happened outside the scheduler. There is one for each single record, so large payloads
/// are indirect.
enum SchedulerEvent: Sendable {
    // Requests
    indirect case answered(WorkUnit.ID, APIResponse)
    /// The login that asks whether the API is back while there is nothing to send.
    indirect case loginAnswered(APIResponse)

    // The journal: what an operation made durable leads to
    case intended([WorkUnit.ID])
    case counted(WorkUnit.ID)
    case split(WorkUnit.ID, at: Int, mayHaveBeenApplied: Bool)
    case failed(WorkUnit.ID, FailedRecord.Kind, mayHaveBeenApplied: Bool)
    /// Of single records that the API took.
    case acknowledged(RunID, WorkUnit.ID)
    /// Single records.
    case stored([SubmissionID])
    /// The journal could not make durable what would have led to the event.
    indirect case commitFailed(SchedulerEvent?, DeliveryError)
    case journalRecovered
    /// How many records the API took on a day; `nil` when that could not be read.
    case sentCounted(Range<Date>, Int?)

    // Readers
    case readerOpened(RunID)
    indirect case offered(RunID, PlannedBatch)
    case readerEnded(RunID, sourceEnded: Bool)
    case readerFailed(RunID, DeliveryError)
    /// What follows in the source is not what it has to be, however often it is read.
    case sourceBroken(RunID, DeliveryError)

    // Runs
    /// A run was read from the journal to be continued.
    indirect case opened(OpenedRun)
    case openingFailed(RunID, DeliveryError)
    indirect case submissionRunOpened(SubmissionOrigin, OpenedRun)
    case submissionRunFailed(SubmissionOrigin, DeliveryError)
    /// Its end is durable.
    indirect case runEnded(RunID, RunSummary)
    indirect case runEndFailed(RunID, RunSummary, DeliveryError)

    // Time
    case woke(at: ContinuousClock.Instant)
    /// Once a second while a run is open.
    case beat
}

/// Number of a single submission in this process.
typealias SubmissionID = Int
