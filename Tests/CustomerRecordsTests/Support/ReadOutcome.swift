import CustomerRecords
import NIOCore

/// Everything that a reader gives for a source.
struct ReadOutcome: Equatable {
    struct Rejection: Equatable {
        var line: Int
        var reason: ReasonCode
        var raw: [UInt8]
    }

    struct Batch: Equatable {
        var start: SourcePosition
        var end: SourcePosition
        var tally: RecordTally
        var body: String
        var customers: [CustomerRow]
    }

    var dialect: CSVDialect
    var batches: [Batch] = []
    var rejections: [Rejection] = []

    var customers: [CustomerRow] { batches.flatMap(\.customers) }
    var tally: RecordTally { batches.reduce(into: RecordTally()) { $0 += $1.tally } }
    /// The rejected records' reasons with their lines.
    var reasons: [Int: ReasonCode] {
        Dictionary(rejections.map { ($0.line, $0.reason) }) { first, _ in first }
    }

    /// Reads a source to its end. Each batch reuses the one before, as in a run.
    init(_ source: some ByteSource, options: ReaderOptions = ReaderOptions()) throws {
        var reader = RecordReader(source: source, options: options)
        dialect = try reader.readDialect()
        try read(&reader)
    }

    init(_ bytes: [UInt8], options: ReaderOptions = ReaderOptions(), chunk: Int = .max) throws {
        try self.init(MemorySource(bytes, chunk: chunk), options: options)
    }

    init(_ text: String, options: ReaderOptions = ReaderOptions(), chunk: Int = .max) throws {
        try self.init(Array(text.utf8), options: options, chunk: chunk)
    }

    /// Goes on with a source that was read before.
    init(
        _ bytes: [UInt8], options: ReaderOptions, resumingAt position: SourcePosition, dialect: CSVDialect,
        chunk: Int = .max
    ) throws {
        self.dialect = dialect
        var reader = RecordReader(
            source: MemorySource(Array(bytes[position.offset...]), chunk: chunk), options: options,
            resumingAt: position, dialect: dialect)
        try read(&reader)
    }

    private mutating func read<Source: ByteSource>(_ reader: inout RecordReader<Source>) throws {
        var sink = Collector()
        var spare: RecordBatch?
        while let batch = try reader.nextBatch(reusing: spare.take(), rejects: &sink) {
            batches.append(Batch(batch))
            spare = batch
        }
        rejections = sink.rejections
    }

    private struct Collector: RejectedRecordSink {
        var rejections: [Rejection] = []

        mutating func rejected(line: Int, reason: ReasonCode, raw: UnsafeRawBufferPointer) {
            rejections.append(Rejection(line: line, reason: reason, raw: Array(raw)))
        }
    }
}

extension ReadOutcome.Batch {
    static func begin(at position: SourcePosition) -> Self {
        Self(start: position, end: position, tally: RecordTally(), body: "", customers: [])
    }

    init(_ batch: RecordBatch) {
        self.init(
            start: batch.start, end: batch.end, tally: batch.tally, body: String(buffer: batch.body),
            customers: (0..<batch.count).map { batch.customer(at: $0) })
    }
}

/// What the reference makes of a source, in the shape of a reader's outcome.
extension ReadOutcome {
    init(reference bytes: [UInt8], options: ReaderOptions) throws {
        let reference = try ReferenceReader(bytes, options: options)
        dialect = reference.dialect
        var batch = Batch.begin(at: reference.dialect.firstRecord)
        var items: [String] = []
        func finish(at end: SourcePosition) {
            batch.end = end
            if !items.isEmpty { batch.body = #"{"Data":["# + items.joined(separator: ",") + "]}" }
            batches.append(batch)
            batch = Batch.begin(at: end)
            items = []
        }
        for record in reference.records {
            switch record.verdict {
            case .valid(let cookie, let bannerID):
                let cookie = String(decoding: cookie, as: UTF8.self)
                    .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                items.append(#"{"VisitorCookie":"\#(cookie)","BannerId":\#(bannerID)}"#)
                let texts = record.fields.map { String(decoding: $0, as: UTF8.self) }
                batch.customers.append(
                    CustomerRow(
                        line: record.line, name: texts[0], age: texts[1], cookie: texts[2], bannerID: texts[3]))
                if items.count == options.batchSize { finish(at: record.end) }
            case .refused(let reason):
                batch.tally[reason] += 1
                if reason.isRejection {
                    rejections.append(Rejection(line: record.line, reason: reason, raw: record.raw))
                }
            }
        }
        if batch.start.offset < bytes.count { finish(at: reference.end) }
    }
}
