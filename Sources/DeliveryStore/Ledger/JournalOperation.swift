public import CustomerRecords
public import DeliveryModel

public import struct Foundation.Date

/// One change of a run that must be durable. Operations of concurrent batches share a commit.
///
/// Each may be applied again: the second time changes nothing, except that `mayHaveBeenApplied` counts again and so
/// stays a bound.
public enum JournalOperation: Sendable {
    /// A batch was formed, with the rejected records of its stretch. `.sending` is the intent to send it and has to be
    /// durable before its first byte leaves; `.settled` is a stretch without a valid record.
    /// - Parameter rejectsBytes: length of the run's `rejected.csv` with the records of this batch.
    /// - Parameter notices: what was noted of the source up to its end; `nil` when that is what was noted before.
    /// - Parameter read: what the source was as far as it had been read by then; `nil` when that is what it was before.
    indirect case plan(
        RunID, BatchRow, rejects: [NewFailure], rejectsBytes: Int, notices: [Notice]? = nil,
        read: ContentIdentity? = nil)
    /// The intent to send a part that an earlier process left behind.
    case sendPart(RunID, sequence: Int, records: Range<Int>)
    /// The API took these records of a batch.
    /// - Parameter at: when, for the count of the day; `nil` is not counted there.
    case acknowledge(RunID, sequence: Int, records: Range<Int>, isWhole: Bool, at: Date? = nil)
    /// What these keys stand for was delivered under a list. Goes with the operation that acknowledges it.
    case deliver(list: Int64, keys: [DeliveryKey])
    /// The API took these stored records: the failures that they came from are settled, too.
    case markRecovered(RunID, sequence: Int, records: Range<Int>)
    /// These records of a batch failed for good; one failure for each. A record that came from a failure stays that one
    /// failure, with one more try.
    case fail(RunID, sequence: Int, records: Range<Int>, isWhole: Bool, failures: [NewFailure])
    /// The API refused these records together, or they are too many for a request; they continue as two parts, which is the intent to send both.
    case split(RunID, sequence: Int, records: Range<Int>, isWhole: Bool, at: Int)
    /// A request that may have been applied is about to be repeated, or has failed for good. Goes before the operation
    /// that ends these records.
    case mayHaveBeenApplied(RunID, sequence: Int, records: Range<Int>, isWhole: Bool)
    /// Nothing of these records is under way any more: they are not in doubt after a restart.
    case withdraw(RunID, sequence: Int, records: Range<Int>, isWhole: Bool)
    /// The batches before `sequence` are settled: their sums move to the run.
    case compact(RunID, before: Int)
    /// How many requests there were by now. Goes with what came of them; of several in a commit the last one counts.
    case progress(RunID, RunProgress)
    case state(RunID, RunState, endedAt: Date?)
    /// What an operator wants of the run over restarts; `nil` lets a service continue it. One that was discarded stays so.
    case standingOrder(RunID, StandingOrder?)
    /// Until when the API asked for a pause; `nil` when it is over.
    case wait(RunID, until: Date?)
    /// The source was read to its end, and what its decoded bytes were.
    indirect case identify(RunID, ContentIdentity)
    case unsentFile(RunID, String?)
    /// A record that arrived on its own, and the client's key that is to lead to it.
    case store(RunID, position: Int, StoredRecord, claim: KeyClaim? = nil)
    /// The final answer to what was asked under a key, whether or not it became a run.
    indirect case answer(KeyClaim, status: Int, [UInt8], run: RunID?)
    /// Somebody did something.
    indirect case audit(AuditEntry)
}

/// What is told of a run, and decides nothing.
public struct RunProgress: Sendable {
    /// Requests that were answered.
    public var requests: Int
    /// Those among them that repeated an earlier one.
    public var retries: Int
    /// Answers by status code or name of the fault.
    public var statuses: [String: Int]
    /// Seconds in which the run was active.
    public var seconds: Double

    public init(requests: Int = 0, retries: Int = 0, statuses: [String: Int] = [:], seconds: Double = 0) {
        self.requests = requests
        self.retries = retries
        self.statuses = statuses
        self.seconds = seconds
    }
}
