import CustomerRecords
import NIOCore

/// Everything that a reader gives for a source.
struct ReadOutcome: Equatable {
    struct Rejection: Equatable {
        var line: Int
        var reason: ReasonCode
        var raw: [UInt8]
        /// What is wrong, in words; the reference has none.
        var message = ""

        static func == (left: Self, right: Self) -> Bool {
            left.line == right.line && left.reason == right.reason && left.raw == right.raw
        }
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
    /// Where reading ended early, and why.
    var fault: Fault?
    var notices: [Notice] = []

    struct Fault: Equatable {
        var kind: String
        var line: Int

        init(_ error: SourceFormatError) {
            switch error.code {
            // The reference finds no words for what it does not understand.
            case .unknownHeader, .missingColumns, .duplicateColumn: (kind, line) = ("not understood", 0)
            default: (kind, line) = (String("\(error.code)".prefix { $0 != "(" }), error.line)
            }
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        func bare(_ dialect: CSVDialect) -> CSVDialect {
            var dialect = dialect
            dialect.notices = []
            dialect.showsUTF8 = false
            return dialect
        }
        return bare(left.dialect) == bare(right.dialect) && left.batches == right.batches
            && left.rejections == right.rejections && left.fault == right.fault
    }

    var customers: [CustomerRow] { batches.flatMap(\.customers) }
    var tally: RecordTally { batches.reduce(into: RecordTally()) { $0 += $1.tally } }
    /// What is said of the rejected records, by line.
    var messages: [Int: String] { Dictionary(rejections.map { ($0.line, $0.message) }) { first, _ in first } }
    /// The rejected records' reasons with their lines.
    var reasons: [Int: ReasonCode] {
        Dictionary(rejections.map { ($0.line, $0.reason) }) { first, _ in first }
    }

    /// Reads a source to its end. Each batch reuses the one before, as in a run.
    init(_ source: some ByteSource, options: ReaderOptions = ReaderOptions()) throws {
        var reader = RecordReader(source: source, options: options)
        dialect = try reader.readDialect()
        try read(&reader, options.rules)
    }

    init(_ bytes: [UInt8], options: ReaderOptions = ReaderOptions(), chunk: Int = .max) throws {
        try self.init(MemorySource(bytes, chunk: chunk), options: options)
    }

    init(_ text: String, options: ReaderOptions = ReaderOptions(), chunk: Int = .max) throws {
        try self.init(Array(text.utf8), options: options, chunk: chunk)
    }

    /// Continues with a source that was read before.
    init(
        _ bytes: [UInt8], options: ReaderOptions, resumingAt position: SourcePosition, dialect: CSVDialect,
        chunk: Int = .max
    ) throws {
        self.dialect = dialect
        var reader = RecordReader(
            source: MemorySource(Array(bytes[position.offset...]), chunk: chunk), options: options,
            resumingAt: position, dialect: dialect)
        try read(&reader, options.rules)
    }

    private mutating func read<Source: ByteSource>(
        _ reader: inout RecordReader<Source>, _ rules: RecordRules
    ) throws {
        var sink = Collector(dialect: dialect, rules: rules)
        var spare: RecordBatch?
        notices = dialect.notices
        do {
            while let batch = try reader.nextBatch(reusing: spare.take(), rejects: &sink) {
                batches.append(Batch(batch))
                notices.add(batch.notices)
                spare = batch
            }
        } catch let error as SourceFormatError {
            fault = Fault(error)
        }
        rejections = sink.rejections
    }

    private struct Collector: RejectedRecordSink {
        let dialect: CSVDialect
        let rules: RecordRules
        var rejections: [Rejection] = []

        mutating func rejected(line: Int, fault: RecordFault, raw: UnsafeRawBufferPointer) {
            let message = dialect.message(for: fault, in: raw, rules: rules)
            rejections.append(Rejection(line: line, reason: fault.reason, raw: Array(raw), message: message))
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
                    CustomerRow(line: record.line, RecordFields(texts)))
                if items.count == options.batchSize { finish(at: record.end) }
            case .refused(let reason):
                batch.tally[reason] += 1
                if reason.isRejection {
                    rejections.append(Rejection(line: record.line, reason: reason, raw: record.raw))
                }
            }
        }
        if let fault = reference.fault {
            if batch.start != fault.position { finish(at: fault.position) }
            self.fault = Fault(fault.error)
        } else if batch.start.offset < reference.end.offset {
            finish(at: reference.end)
        }
    }
}
