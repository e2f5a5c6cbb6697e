public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
public import Foundation

/// All that a store keeps, as a plain value: what a commit changed is there or not, and a crash is a copy of before.
///
/// It is what the simulation delivers from, and what `MemoryStore` answers with; the conformance suite holds it to what
/// the journal does.
public struct MemoryLedger: Sendable {
    public struct Part: Sendable {
        public var count: Int
        public var state: BatchState
        public var isInDoubt: Bool
    }

    public struct Batch: Sendable {
        public var start: SourcePosition
        public var end: SourcePosition
        public var checksum: UInt64
        public var records: Int
        public var tally: RecordTally
        public var state: BatchState
        public var isInDoubt = false
        /// By the first record of each.
        public var parts: [Int: Part] = [:]
        public var sent = 0
        public var failed = 0
    }

    public struct Failure: Sendable {
        public var record: FailedRecord
        public var wasRejected: Bool
        public var recoveredIn: RunID?
        public var dismissedAt: Date?
        /// The retries in which it failed again.
        public var triedIn: Set<RunID> = []

        public var isOpen: Bool { recoveredIn == nil && dismissedAt == nil }
        /// The runs among whose failed records it is: one that rejected it counts it there.
        var failedIn: Set<RunID> { wasRejected ? triedIn : triedIn.union([record.run]) }
    }

    public struct Run: Sendable {
        public let id: RunID
        public var new: NewRun
        public var state: RunState
        public var isOpen: Bool
        public var endedAt: Date?
        public var standingOrder: StandingOrder?
        public var waitsUntil: Date?
        public var progress = RunProgress()
        public var notices: [Notice]
        public var content: ContentIdentity?
        public var unsentFile: String?

        public var stored: [Int: StoredRecord] = [:]
        public var batches: [Int: Batch] = [:]
        /// Where the batches begin that are not folded.
        public var watermark = SourcePosition(offset: 0, line: 1)
        public var firstSequence = 0
        public var rejectsBytes = 0
        /// Sums of the folded batches.
        public var sent = 0
        public var failed = 0
        public var reasons: [ReasonCode: Int] = [:]

        public var recovered = 0
        public var recoveredFailed = 0
        public var dismissed = 0
        public var possibleDuplicates = 0
        public var recordsInDoubt = 0

        public var source: RunSource { new.source }
        public var isStored: Bool { new.location == .stored }
        public var undelivered: Int { failedEver - recoveredFailed - dismissed }

        /// Counts what was under way in a run that stays interrupted, each record once.
        mutating func countInDoubt() {
            var count = 0
            for (sequence, batch) in batches where batch.state != .settled {
                if batch.parts.isEmpty, batch.state == .sending, !batch.isInDoubt {
                    count += batch.records
                    batches[sequence]?.isInDoubt = true
                }
                for (first, part) in batch.parts where part.state == .sending && !part.isInDoubt {
                    count += part.count
                    batches[sequence]?.parts[first]?.isInDoubt = true
                }
            }
            possibleDuplicates += count
            recordsInDoubt += count
        }

        /// Whether it is sure that the API never had a record of it.
        var hasSentNothing: Bool {
            sent == 0 && recordsInDoubt == 0 && batches.values.allSatisfy { $0.sent == 0 && $0.state != .sending }
        }

        var failedEver: Int { batches.values.reduce(failed) { $0 + $1.failed } }
    }

    struct Key: Sendable {
        var digest: [UInt8]
        var run: RunID?
        /// Of a single record.
        var position: Int?
        var status: Int?
        var answer: [UInt8] = []
        var created: Date
    }

    struct Delivery: Sendable {
        var content: ContentIdentity
        var api: String
        var delivery: ContentDelivery
    }

    public var runs: [RunID: Run] = [:]
    public var failures: [Int64: Failure] = [:]
    /// The failures of a run, whether it read them or tried them again.
    var failuresOf: [RunID: Set<Int64>] = [:]
    var keys: [String: Key] = [:]
    var deliveries: [Delivery] = []
    var forgotten = StoreTotals()
    /// Records that an API took, by the quarter of an hour.
    var sent: [String: [Int: Int]] = [:]
    public var lists: [Int64: DeliveredList] = [:]
    var audit: [AuditEntry] = []
    private var lastRun: Int64 = 0
    private var lastFailure: Int64 = 0

    public init() {}

    // MARK: Creating

    /// - Returns: the run that was created of it already, when there is one.
    public func created(_ new: NewRun) -> RunID? { runs.values.first { $0.new.creation == new.creation }?.id }

    public mutating func create(_ new: NewRun, records: [StoredRecord] = [], claim: KeyClaim? = nil) -> RunID {
        if let known = created(new) { return known }
        lastRun += 1
        let id = RunID(rawValue: lastRun)
        var run = Run(id: id, new: new, state: new.state, isOpen: !new.state.isFinal, notices: new.notices)
        for (position, record) in records.enumerated() { run.stored[position] = record }
        runs[id] = run
        if let claim { keep(claim, run: id, position: nil) }
        if var entry = new.audit {
            entry.run = id
            if case .retry = new.source { entry.records = records.count }
            note(entry)
        }
        return id
    }

    /// Goes back to an earlier state, as a standby has it that takes over without the newest commits. Numbers that were
    /// given once are not given again.
    public mutating func fallBack(to earlier: MemoryLedger) {
        let (run, failure) = (lastRun, lastFailure)
        self = earlier
        (lastRun, lastFailure) = (run, failure)
    }

    @discardableResult
    mutating func insert(_ failure: NewFailure, in run: RunID) -> Int64 {
        lastFailure += 1
        let isRejected = failure.kind == .rejected
        failures[lastFailure] = Failure(
            record: FailedRecord(
                id: lastFailure, run: run, line: failure.line, kind: failure.kind, reason: failure.reason,
                status: failure.status, message: failure.message, attempts: failure.attempts,
                tries: isRejected ? 0 : 1, time: Date(), fields: failure.fields, raw: failure.raw),
            wasRejected: isRejected)
        failuresOf[run, default: []].insert(lastFailure)
        return lastFailure
    }

    static func unknown(_ run: RunID) -> DeliveryError { DeliveryError(.journal, "There is no run \(run).") }
}
