public import CustomerRecords

/// How a batch, or a part of one, stands in the store.
public enum BatchState: Int, Sendable {
    /// Formed; no request of it is under way and none is in doubt.
    case planned = 0
    /// A request of it may be under way: after a crash it is in doubt.
    case sending = 1
    /// Every record has its end.
    case settled = 2
}

/// A batch as the store keeps it.
public struct BatchRow: Hashable, Sendable {
    /// Its number in the run, from 0.
    public var sequence: Int
    /// How it stands as a whole, or its parts together.
    public var state: BatchState
    /// Its place in the source; for stored records `offset` is the position of the record.
    public var start: SourcePosition
    /// Where the next batch begins.
    public var end: SourcePosition
    /// Of the bytes between, to tell whether the source changed.
    public var checksum: UInt64
    /// Records to send.
    public var records: Int
    /// Records of its stretch that are not sent, by reason.
    public var tally: RecordTally
    /// What is left of it after splits; empty when it is whole.
    public var parts: [PartRow]
    /// Whether its records are counted among those that may have arrived more than once.
    public var isInDoubt: Bool

    public init(
        sequence: Int, state: BatchState, start: SourcePosition, end: SourcePosition, checksum: UInt64, records: Int,
        tally: RecordTally, parts: [PartRow] = [], isInDoubt: Bool = false
    ) {
        self.sequence = sequence
        self.state = state
        self.start = start
        self.end = end
        self.checksum = checksum
        self.records = records
        self.tally = tally
        self.parts = parts
        self.isInDoubt = isInDoubt
    }
}

/// Records of a batch that are sent on their own, since the batch was refused or too large.
public struct PartRow: Hashable, Sendable {
    /// Its records, by their place in the batch.
    public var records: Range<Int>
    /// How it stands.
    public var state: BatchState
    /// Whether its records are counted among those that may have arrived more than once.
    public var isInDoubt: Bool

    public init(records: Range<Int>, state: BatchState, isInDoubt: Bool = false) {
        self.records = records
        self.state = state
        self.isInDoubt = isInDoubt
    }
}
