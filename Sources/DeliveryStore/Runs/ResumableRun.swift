public import CustomerRecords
public import DeliveryModel

public import struct Foundation.Date

/// All that is needed to continue a run.
public struct ResumableRun: Sendable {
    /// The run as the store knows it.
    public var summary: RunSummary
    /// Where its source lies, and what its content was.
    public var source: LocatedSource
    /// How its source is written; `nil` for stored records.
    public var dialect: CSVDialect?
    /// How its source is read.
    public var options: ReaderOptions
    /// Where reading continues: behind the last batch that the store knows.
    public var readPosition: SourcePosition
    /// The number of the batch that is read next.
    public var nextSequence: Int
    /// Length of `rejected.csv` when the last batch that the store knows was planned.
    public var rejectsBytes: Int
    /// Rejected records of the run that the store holds.
    public var storedRejects: Int
    /// Batches that are not settled, in the order of the source.
    public var openBatches: [BatchRow]
    /// Records of requests that were under way when the process died.
    public var recordsInFlight: Int
    /// Until when the API asked for a pause.
    public var waitsUntil: Date?
    /// What the source was as far as it had been read; `nil` of a run of an older version.
    public var read: ContentIdentity?

    public init(
        summary: RunSummary, source: LocatedSource, dialect: CSVDialect?, options: ReaderOptions,
        readPosition: SourcePosition, nextSequence: Int, rejectsBytes: Int, storedRejects: Int,
        openBatches: [BatchRow], recordsInFlight: Int, waitsUntil: Date?, read: ContentIdentity? = nil
    ) {
        self.summary = summary
        self.source = source
        self.dialect = dialect
        self.options = options
        self.readPosition = readPosition
        self.nextSequence = nextSequence
        self.rejectsBytes = rejectsBytes
        self.storedRejects = storedRejects
        self.openBatches = openBatches
        self.recordsInFlight = recordsInFlight
        self.waitsUntil = waitsUntil
        self.read = read
    }
}
