public import NIOCore

/// Valid records that are sent together, and the counts of those between them that are not.
///
/// A batch that is given back to the reader lends its memory to the next one. Give it away (`consume`, or leave no other
/// copy) so that nothing is copied; a body that a request still holds is left untouched.
public struct RecordBatch: Sendable {
    /// Where a record's parts end.
    struct Entry {
        var stored: UInt32 = 0
        /// Behind the closing brace of the record's item.
        var body: UInt32 = 0
        var line = 0
    }

    /// A batch takes no more records when those it has are as long as this together, so that its memory is bounded
    /// even if all its records are as long as can be.
    static let maximumStoredBytes = 384 << 10
    /// The most records for which a plain stretch reserves memory at once.
    private static let maximumPlainRecords = 1024

    /// Where its part of the source begins. The parts of successive batches meet.
    public private(set) var start = SourcePosition.start
    public private(set) var end = SourcePosition.start
    /// The number of valid records.
    public internal(set) var count = 0
    /// The records of this part of the source that are not sent.
    public internal(set) var tally = RecordTally()
    /// All records of its part of the source, sent or not.
    public var recordsRead: Int { count + tally.rejected + tally.filtered }
    /// What was seen in this part of the source that its sender should know.
    public internal(set) var notices: [Notice] = []
    /// What its records are called in the list that they enter; `nil` without a list.
    public internal(set) var deliveryKeys: DeliveryKeys?
    /// The whole body of the bulk request; empty when there are no records.
    public internal(set) var body = ByteBuffer()

    /// The records as CSV with this batch's delimiter, one behind the other without anything between.
    var stored = ByteBuffer()
    /// One for each record; what follows is room that was used before.
    var entries: [Entry] = []
    var delimiter = Delimiter.comma
    /// How the stored records are read.
    private var trimming = Trimming.spaces
    var capacity = Int.max
    private var scratch: [UInt8] = []

    public init() {}

    /// Bytes of memory that it takes, with the room for more that it has.
    public var memory: Int {
        body.storageCapacity + stored.storageCapacity + entries.capacity * MemoryLayout<Entry>.stride
    }

    /// A checksum of the body, which depends on the order of its bytes.
    public var checksum: UInt64 { BodyChecksum.of(body) }

    /// Adds a record that does not come from a reader.
    public mutating func append(_ row: ValidCustomer, line: Int) {
        var bytes: [UInt8] = []
        let fields = row.fields.texts.map { text in
            let start = bytes.count
            bytes.append(contentsOf: text.utf8)
            return FieldRange(start: start, end: bytes.count)
        }
        accept(
            CustomerFields(fields, .standard), in: bytes.span.bytes, age: row.age, bannerID: row.bannerID, line: line,
            verbatim: nil)
    }

    /// Completes the body. No record can be added afterwards.
    public mutating func finish(start: SourcePosition, end: SourcePosition) {
        self.start = start
        self.end = end
        guard count > 0 else { return body.clear() }
        body.moveWriterIndex(to: body.writerIndex - 1)
        body.writeStaticString(BannerJSON.bulkEnd)
    }

    /// The body of a bulk request for some of the records; empty for none.
    public func bulkBody(of records: Range<Int>) -> ByteBuffer {
        if records.isEmpty { return ByteBuffer() }
        if records == 0..<count { return body }
        let items = itemStart(of: records.lowerBound)..<Int(entries[records.upperBound - 1].body)
        var part = ByteBuffer()
        part.reserveCapacity(items.count + BannerJSON.bulkStart.utf8CodeUnitCount + 2)
        part.writeStaticString(BannerJSON.bulkStart)
        part.writeImmutableBuffer(slice(items))
        part.writeStaticString(BannerJSON.bulkEnd)
        return part
    }

    /// The body of a request for one record alone.
    public func singleBody(of record: Int) -> ByteBuffer {
        ByteBuffer(ByteBufferView(slice(itemStart(of: record)..<Int(entries[record].body))))
    }

    /// The line on which a record begins.
    public func line(at record: Int) -> Int {
        precondition(record < count)
        return entries[record].line
    }

    /// The fields of a record as they were read. This takes its time; it is meant for failures.
    public func customer(at record: Int) -> CustomerRow {
        precondition(record < count)
        let start = record == 0 ? 0 : Int(entries[record - 1].stored)
        return stored.withUnsafeReadableBytes { stored in
            let bytes = RawSpan(_unsafeBytes: stored)
            var fields: [FieldRange] = []
            var counts = FieldCounts()
            _ = FieldWalk.read(
                bytes, start..<Int(entries[record].stored), delimiter: delimiter.byte, trimming: trimming,
                into: &fields, counts: &counts)
            return CustomerRow(
                line: entries[record].line,
                RecordFields(
                    name: bytes.text(fields[0]), age: bytes.text(fields[1]), cookie: bytes.text(fields[2]),
                    bannerID: bytes.text(fields[3])))
        }
    }

    /// Empties the batch and keeps its memory.
    mutating func reset(capacity: Int, delimiter: Delimiter, trimming: Trimming) {
        count = 0
        tally = RecordTally()
        notices.removeAll()
        deliveryKeys = nil
        self.trimming = trimming
        body.clear()
        stored.clear()
        self.capacity = capacity
        self.delimiter = delimiter
    }

    func itemStart(of record: Int) -> Int {
        // Between two items stands a comma.
        record == 0 ? BannerJSON.bulkStart.utf8CodeUnitCount : Int(entries[record - 1].body) + 1
    }

    private func slice(_ range: Range<Int>) -> ByteBuffer {
        // The body holds every item, and its reader index stays at 0.
        body.getSlice(at: range.lowerBound, length: range.count)!
    }
}

extension RecordBatch: RecordOutput {
    var room: Int {
        let bytes = Self.maximumStoredBytes - stored.readableBytes
        return bytes <= 0 ? 0 : min(capacity - count, max(1, bytes / ByteBlock.count), Self.maximumPlainRecords)
    }

    mutating func count(_ reason: ReasonCode) { tally[reason] += 1 }

    mutating func accept(
        _ fields: CustomerFields, in bytes: borrowing RawSpan, age: Int, bannerID: Int, line: Int, verbatim: Range<Int>?
    ) {
        beginBody()
        // One write into each buffer, because each takes its time.
        scratch.removeAll(keepingCapacity: true)
        BannerJSON.append(cookie: fields.cookie, of: bytes, bannerID: bannerID, to: &scratch)
        body.writeBytes(scratch)
        if let verbatim {
            _ = bytes.extracting(verbatim).withUnsafeBytes { stored.writeBytes($0) }
        } else {
            scratch.removeAll(keepingCapacity: true)
            CSVWriter.append(fields, of: bytes, delimiter: delimiter, to: &scratch)
            stored.writeBytes(scratch)
        }
        if count == entries.count { entries.append(Entry()) }
        entries[count] = Entry(
            stored: UInt32(stored.writerIndex), body: UInt32(body.writerIndex - 1), line: line)
        count += 1
    }

    mutating func takePlainStretch(_ stretch: inout PlainStretch, in bytes: UnsafeRawBufferPointer) {
        beginBody()
        while entries.count < count + stretch.maximumRecords { entries.append(Entry()) }
        count += PlainBatchWriter.scan(
            &stretch, in: bytes, body: &body, stored: &stored, entries: &entries, from: count)
        tally[.ageFilter] += stretch.filtered
    }

    private mutating func beginBody() {
        if body.readableBytes == 0 { body.writeStaticString(BannerJSON.bulkStart) }
    }
}
