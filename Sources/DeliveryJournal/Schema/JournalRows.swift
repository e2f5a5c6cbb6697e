public import CustomerRecords
public import DeliveryModel

public import struct Foundation.Date

/// How a batch, or a part of one, stands in the journal.
public enum BatchState: Int, Sendable {
    /// Formed; no request of it is under way and none is in doubt.
    case planned = 0
    /// A request of it may be under way: after a crash it is in doubt.
    case sending = 1
    /// Every record has its end.
    case settled = 2
}

/// What makes a file the same file as before.
public struct SourceFingerprint: Codable, Hashable, Sendable {
    public var size: Int
    /// Nanoseconds since 1970.
    public var modified: Int64
    /// Hash of the first and last 64 KiB.
    public var digest: UInt64

    public init(size: Int, modified: Int64, digest: UInt64) {
        self.size = size
        self.modified = modified
        self.digest = digest
    }
}

/// A run to be created.
public struct NewRun: Sendable {
    public var source: RunSource
    /// Where the bytes lie; `nil` when the source is stored in the journal.
    public var path: String?
    /// The run removes the file when it is done.
    public var ownsPath: Bool
    public var fingerprint: SourceFingerprint?
    /// How the source is written; `nil` when it is stored in the journal.
    public var dialect: CSVDialect?
    public var options: ReaderOptions
    public var state: RunState
    public var startedAt: Date

    public init(
        source: RunSource, path: String? = nil, ownsPath: Bool = false, fingerprint: SourceFingerprint? = nil,
        dialect: CSVDialect? = nil, options: ReaderOptions, state: RunState = .preparing, startedAt: Date
    ) {
        self.source = source
        self.path = path
        self.ownsPath = ownsPath
        self.fingerprint = fingerprint
        self.dialect = dialect
        self.options = options
        self.state = state
        self.startedAt = startedAt
    }
}

/// A batch as the journal keeps it.
public struct BatchRow: Sendable {
    public var sequence: Int
    public var state: BatchState
    /// Its place in the source; for stored records `offset` is the position of the record.
    public var start: SourcePosition
    public var end: SourcePosition
    public var checksum: UInt64
    public var records: Int
    public var tally: RecordTally
    /// What is left of it after splits; empty when it is whole.
    public var parts: [PartRow]

    public init(
        sequence: Int, state: BatchState, start: SourcePosition, end: SourcePosition, checksum: UInt64, records: Int,
        tally: RecordTally, parts: [PartRow] = []
    ) {
        self.sequence = sequence
        self.state = state
        self.start = start
        self.end = end
        self.checksum = checksum
        self.records = records
        self.tally = tally
        self.parts = parts
    }
}

/// Records of a batch that are sent on their own since the batch was refused.
public struct PartRow: Hashable, Sendable {
    public var records: Range<Int>
    public var state: BatchState

    public init(records: Range<Int>, state: BatchState) {
        self.records = records
        self.state = state
    }
}

/// A record that failed or was rejected, to be kept.
public struct NewFailure: Sendable {
    public var line: Int
    public var kind: FailedRecord.Class
    public var reason: ReasonCode?
    public var status: String?
    public var message: String
    public var attempts: Int
    public var fields: RecordFields
    public var raw: String

    public init(
        line: Int, kind: FailedRecord.Class, reason: ReasonCode? = nil, status: String? = nil, message: String,
        attempts: Int = 0, fields: RecordFields, raw: String = ""
    ) {
        self.line = line
        self.kind = kind
        self.reason = reason
        self.status = status
        self.message = message
        self.attempts = attempts
        self.fields = fields
        self.raw = raw
    }
}

/// A record whose source is the journal itself.
public struct StoredRecord: Sendable {
    public var line: Int
    public var fields: RecordFields
    /// The failure that it came from.
    public var root: Int64?

    public init(line: Int, fields: RecordFields, root: Int64? = nil) {
        self.line = line
        self.fields = fields
        self.root = root
    }
}

/// All that is needed to go on with a run.
public struct ResumableRun: Sendable {
    public var summary: RunSummary
    public var path: String?
    public var ownsPath: Bool
    public var fingerprint: SourceFingerprint?
    public var dialect: CSVDialect?
    public var options: ReaderOptions
    /// Where reading goes on: behind the last batch that the journal knows.
    public var readPosition: SourcePosition
    public var nextSequence: Int
    /// Length of `rejected.csv` when the last batch that the journal knows was planned.
    public var rejectsBytes: Int
    /// Rejected records of the run that the journal holds.
    public var storedRejects: Int
    /// Batches that are not settled, in the order of the source.
    public var openBatches: [BatchRow]
    /// Records of requests that were under way when the process died.
    public var recordsInDoubt: Int
}
