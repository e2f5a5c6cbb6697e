import CustomerRecords
import DeliveryModel
import DeliveryStore

/// Forms batches of a run again that the journal knows, in their order.
///
/// Whether a record is repeated depends on all records before it. Where that matters, the source is read from its first
/// record on, and what lies before and between the batches is only looked at.
struct KnownBatches {
    private let file: SourceFile
    private let bytes: RunBytes
    private let options: ReaderOptions
    private let dialect: CSVDialect
    /// `nil` where repeated records don't matter.
    let visitors: VisitorTable?
    /// Up to here, `visitors` has seen the records.
    private var seen: SourcePosition

    /// - Parameter visitors: an empty table.
    init(
        of file: SourceFile, _ bytes: RunBytes, options: ReaderOptions, dialect: CSVDialect, visitors: VisitorTable
    ) {
        self.file = file
        self.bytes = bytes
        self.options = options
        self.dialect = dialect
        self.visitors = options.repeats == .send ? nil : visitors
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
        guard batch.count == row.records, batch.checksum == row.checksum else {
            throw DeliveryError(
                .source,
                "\(file.path) changed since the run began (at line \(row.start.line)): nothing of it was "
                    + "sent. Start a new run with the changed file, or put the old one back.")
        }
        seen = row.end
        return batch
    }

    /// Looks at the records up to a place where one may begin.
    mutating func catchUp(to place: SourcePosition) throws {
        guard visitors != nil, seen.offset < place.offset else { return }
        var reader = try reader(from: seen, to: place, options)
        var ignored = DiscardingSink()
        var spare: RecordBatch?
        while let batch = try reader.nextBatch(reusing: spare.take(), rejects: &ignored) { spare = batch }
        seen = place
    }

    private func reader(
        from start: SourcePosition, to end: SourcePosition, _ options: ReaderOptions
    ) throws -> RecordReader<RunBytes.Text> {
        RecordReader(
            source: try bytes.text(from: start.offset, to: end.offset), options: options, resumingAt: start,
            dialect: dialect, endsSource: false, visitors: visitors)
    }
}
