import CustomerRecords
import DeliveryModel
import DeliveryStore

/// Forms batches of a run again that the journal knows, in their order.
///
/// Whether a record is repeated depends on all records before it, and so does its number. Where that matters, the
/// source is read from its first record on, and what lies before and between the batches is only looked at.
struct KnownBatches {
    private let file: SourceFile
    private let bytes: RunBytes
    private let options: ReaderOptions
    private let dialect: CSVDialect
    /// `nil` where repeated records don't matter.
    let visitors: VisitorTable?
    /// `nil` where nothing is left out for having been delivered before.
    private let newRecords: NewRecords?
    /// Up to here, the records have been looked at.
    private var seen: SourcePosition
    /// How many valid records those were, where that matters.
    private(set) var recordNumber = 0

    /// - Parameter visitors: an empty table.
    init(
        of file: SourceFile, _ bytes: RunBytes, options: ReaderOptions, dialect: CSVDialect, visitors: VisitorTable,
        newRecords: NewRecords? = nil
    ) {
        self.file = file
        self.bytes = bytes
        self.options = options
        self.dialect = dialect
        self.visitors = options.repeats == .send ? nil : visitors
        self.newRecords = newRecords
        seen = dialect.firstRecord
    }

    /// - Throws: `DeliveryError` of code `source` when it is not as it was.
    mutating func batch(_ row: BatchRow) throws -> RecordBatch {
        try catchUp(to: row.start)
        var options = options
        options.batchSize = max(1, row.records)
        var reader = try reader(from: row.start, to: row.end, options)
        var ignored = DiscardingSink()
        let batch = try reader.nextBatch(reusing: nil, rejects: &ignored) ?? RecordBatch()
        // Records behind its last one that are left out have their numbers, too.
        while newRecords != nil, let rest = try reader.nextBatch(rejects: &ignored), rest.count == 0 {}
        recordNumber = reader.recordNumber
        guard batch.count == row.records, batch.checksum == row.checksum else {
            throw DeliveryError(
                .source,
                "\(file.path) changed since the run began (at line \(row.start.line)): nothing more was "
                    + "sent. Start a new run with the changed file, or put the old one back.")
        }
        seen = row.end
        return batch
    }

    /// Looks at the records up to a place where one may begin.
    mutating func catchUp(to place: SourcePosition) throws {
        guard visitors != nil || newRecords != nil, seen.offset < place.offset else { return }
        var reader = try reader(from: seen, to: place, options)
        var ignored = DiscardingSink()
        var spare: RecordBatch?
        while let batch = try reader.nextBatch(reusing: spare.take(), rejects: &ignored) { spare = batch }
        recordNumber = reader.recordNumber
        seen = place
    }

    private func reader(
        from start: SourcePosition, to end: SourcePosition, _ options: ReaderOptions
    ) throws -> RecordReader<RunBytes.Text> {
        RecordReader(
            source: try bytes.text(from: start.offset, to: end.offset), options: options, resumingAt: start,
            dialect: dialect, endsSource: false, visitors: visitors, newRecords: newRecords, recordNumber: recordNumber)
    }
}
