/// Reads a source batch by batch: finds the records, checks them, and writes the valid ones as request bodies.
///
/// Nothing is held but one window of the source, whatever its size or the length of its lines. Copies share what decodes
/// the source, so only one of them may continue.
public struct RecordReader<Source: ByteSource> {
    /// How much of the source a batch covers at most, without and with valid records in it.
    private static var maximumBytes: (fruitless: Int, useful: Int) { (8 << 20, 64 << 20) }

    private(set) var options: ReaderOptions
    private(set) var window: SourceWindow<Source>
    /// Known once the dialect is.
    private var scanner: RecordScanner?

    /// Whether the source begins with a byte order mark; known once the dialect is, and never of a resumed one.
    public private(set) var hasByteOrderMark = false

    /// The end of the last batch, which is where a reader may resume.
    public private(set) var position: SourcePosition

    /// Where the text begins in the window, before anything is read.
    private(set) var textStart: DialectReader.Start?

    /// Known visitors, if they matter.
    private var visitors: VisitorTable?

    /// Which of the source's valid records are to be sent; `nil` for all.
    private var newRecords: NewRecords?
    /// How many valid records of the source lie before `position`, as far as `newRecords` is given.
    public private(set) var recordNumber = 0

    /// Why reading has ended before the source did.
    private var fault: (any Error)?

    /// How far the scan has come, which may be inside an endless line.
    private(set) var bytesRead = 0

    /// Reads a source from its beginning.
    ///
    /// - Parameter visitors: remembers visitors where `options` ask for it; `nil` makes a table of its own.
    public init(source: Source, options: ReaderOptions, visitors: VisitorTable? = nil) {
        self.options = options
        window = SourceWindow(
            source: DecodedSource(text: source, dropsPadding: options.rules.version >= 2), offset: 0)
        position = .start
        self.visitors = Self.visitors(visitors, options)
    }

    private static func visitors(_ given: VisitorTable?, _ options: ReaderOptions) -> VisitorTable? {
        options.repeats == .send ? nil : given ?? VisitorTable()
    }

    /// Continues a source that was read in part.
    ///
    /// - Parameters:
    ///   - source: gives the text from `position` on, decoded.
    ///   - position: the end of a batch, or the first record of the dialect.
    ///   - dialect: as it was found when the source was read from its beginning.
    ///   - endsSource: whether the source's end is also where the text ends, and not only a part of it.
    ///   - visitors: has seen the records before `position`; needed where `options` ask for it.
    ///   - newRecords: which of the source's valid records are not left out.
    ///   - recordNumber: how many valid records lie before `position`.
    public init(
        source: Source, options: ReaderOptions, resumingAt position: SourcePosition, dialect: CSVDialect,
        endsSource: Bool = true, visitors: VisitorTable? = nil, newRecords: NewRecords? = nil, recordNumber: Int = 0
    ) {
        self.options = options
        window = SourceWindow(
            source: DecodedSource(text: source, dropsPadding: endsSource && options.rules.version >= 2),
            offset: position.offset)
        self.position = position
        scanner = RecordScanner(dialect: dialect, options: options, cursor: 0, line: position.line)
        self.visitors = Self.visitors(visitors, options)
        self.newRecords = newRecords
        self.recordNumber = recordNumber
    }

    /// Valid records of the batches to come, at most.
    public var batchSize: Int {
        get { options.batchSize }
        set { options.batchSize = newValue }
    }

    /// Finds how the source is written, which takes its first record; afterwards it is known.
    ///
    /// - Throws: `SourceFormatError`, and what the source throws.
    public mutating func readDialect() throws -> CSVDialect {
        if let scanner { return scanner.dialect }
        try window.detect(encoding: options.encoding)
        _ = try window.fill(from: 0)
        if let kind = FileKind(text: Array(window.bytes.prefix(min(window.filled, Self.inspectedBytes)))) {
            throw SourceFormatError(.notCSV(kind), line: 1)
        }
        var cursor = byteOrderMark
        hasByteOrderMark = cursor > 0
        var line = 1
        try skipBlankLines(from: &cursor, line: &line)
        cursor -= try window.fill(from: cursor)
        let start = DialectReader.Start(cursor: cursor, line: line)
        textStart = start
        let found = try DialectReader.read(
            window.bytes.span.bytes, from: start, filled: window.filled,
            sourceEnds: window.isAtEnd, options: options)
        var dialect = found.dialect
        dialect.firstRecord = SourcePosition(offset: window.offset + found.cursor, line: found.line)
        dialect.decoding = window.decoding
        dialect.showsUTF8 =
            window.decoding.encoding == nil
            && (hasByteOrderMark
                || UTF8Text.isWritten(in: window.bytes.span.bytes, 0..<min(window.filled, Self.inspectedBytes)))
        dialect.notices = notices(of: dialect, from: found)
        position = dialect.firstRecord
        scanner = RecordScanner(dialect: dialect, options: options, cursor: found.cursor, line: found.line)
        return dialect
    }

    /// How much of the text is looked at to know other kinds of files.
    private static var inspectedBytes: Int { 64 << 10 }

    /// The length of the byte order mark, which is not part of the first record.
    private var byteOrderMark: Int {
        let bytes = window.bytes
        return window.filled >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    }

    private func notices(of dialect: CSVDialect, from start: DialectReader.Result) -> [Notice] {
        var notices: [Notice] = []
        if dialect.decoding.isCompressed { notices.add(Notice(.compressed)) }
        if let encoding = dialect.decoding.encoding { notices.add(Notice(.encoding, example: encoding)) }
        notices.add(dialect.notices)
        let first = HeadRecords(
            window.bytes.span.bytes, from: start.cursor, line: start.line, filled: window.filled,
            sourceEnds: window.isAtEnd, delimiter: dialect.delimiter)
        if window.isAtEnd, first.records.isEmpty { notices.add(Notice(.noRecords)) }
        return notices
    }

    /// Reads the next batch: as many valid records as a batch holds, or fewer where the source ends, where the records
    /// fill 384 KiB, or where there has been none for 8 MiB or not enough for 64 MiB of source.
    ///
    /// - Parameters:
    ///   - batch: one that is no longer needed, whose memory is used again.
    ///   - rejects: takes the rejected records before and between the valid ones.
    /// - Returns: `nil` at the end of the source.
    /// - Throws: `SourceFormatError`, and what the source and the sink throw. The reader can't be used afterwards.
    public mutating func nextBatch<Sink: RejectedRecordSink & ~Copyable>(
        reusing batch: consuming RecordBatch? = nil, rejects: inout Sink
    ) throws -> RecordBatch? {
        let dialect = try readDialect()
        try throwFault()
        var batch = batch ?? RecordBatch()
        batch.reset(
            capacity: max(1, options.batchSize), delimiter: dialect.delimiter,
            trimming: Trimming(version: options.rules.version))
        let start = position
        var repeats: [Notice] = []
        while true {
            let maximum = batch.count == 0 ? Self.maximumBytes.fruitless : Self.maximumBytes.useful
            if position.offset - start.offset >= maximum || batch.room == 0 { break }
            let known = batch.count
            let isAtEnd = try advance(to: start.offset + maximum, rejects: &rejects) { scanner, bytes, extent in
                scanner.scan(bytes, extent, into: &batch)
            }
            if let newRecords {
                let count = batch.count - known
                batch.leaveOutDelivered(from: known, newRecords, number: recordNumber)
                recordNumber += count
            }
            if let visitors, let notice = try batch.compare(from: known, with: visitors, options.repeats) {
                repeats.add(notice)
            }
            if isAtEnd { break }
        }
        guard position != start else {
            // What was read before the fault has been handed on.
            try throwFault()
            return nil
        }
        batch.notices = takeNotices()
        batch.notices.add(repeats)
        batch.finish(start: start, end: position)
        return batch
    }

    /// What was seen since the last call.
    mutating func takeNotices() -> [Notice] {
        guard scanner?.notices.isEmpty == false else { return [] }
        defer { scanner?.notices.removeAll() }
        return scanner?.notices ?? []
    }

    func throwFault() throws {
        if let fault { throw fault }
    }

    /// Scans what the window holds, hands on what was rejected, and refills the window.
    ///
    /// The scan itself is given by the caller, who knows the type of its output, so that it is compiled for that type.
    ///
    /// - Parameter stop: the offset in the source from which on no record may begin.
    /// - Returns: whether the source has ended, or a fault ends the reading.
    mutating func advance<Sink: RejectedRecordSink & ~Copyable>(
        to stop: Int, rejects: inout Sink,
        scan: (inout RecordScanner, borrowing RawSpan, SourceExtent) -> RecordScanner.Pause
    ) throws -> Bool {
        _ = try readDialect()
        guard var scanner = scanner.take() else { return true }
        defer { self.scanner = scanner }
        let extent = SourceExtent(
            filled: window.filled, sourceEnds: window.isAtEnd, stop: min(stop - window.offset, window.bytes.count))
        let pause = scan(&scanner, window.bytes.span.bytes, extent)
        for rejection in scanner.rejections {
            try window.bytes.span.bytes.extracting(rejection.raw).withUnsafeBytes {
                try rejects.rejected(line: rejection.line, fault: rejection.fault, raw: $0)
            }
        }
        if pause == .sourceEnded, let last = scanner.rejections.last {
            if case .notText = last.fault {
                noteCutOffCharacter(last, in: &scanner)
            } else if last.raw.upperBound == window.filled {
                noteCutOff(last, in: &scanner)
            }
        }
        scanner.rejections.removeAll(keepingCapacity: true)
        bytesRead = window.offset + scanner.cursor
        if scanner.isBetweenRecords || pause == .sourceEnded {
            position = SourcePosition(offset: window.offset + scanner.cursor, line: scanner.line)
        }
        if pause == .needsMore {
            do {
                scanner.shift(by: try window.refill(from: scanner.cursor))
            } catch {
                fault = error
            }
        }
        if pause == .faultFound { fault = scanner.fault }
        return pause == .sourceEnded || fault != nil
    }

    /// Asks whether a source is whole that ends inside a record.
    private func noteCutOff(_ last: RecordScanner.Rejection, in scanner: inout RecordScanner) {
        guard options.rules.version >= 2 else { return }
        switch last.fault {
        case .tooFewFields, .openQuote: scanner.notices.add(Notice(.cutOff, example: "line \(last.line)"))
        case .tooManyFields, .textAfterQuote, .notText, .null, .tooLong, .name, .age, .cookie, .suspiciousCookie,
            .bannerID:
            break
        }
    }

    /// Says that a source is cut off which ends inside a character: it is in the right encoding, but not whole.
    private func noteCutOffCharacter(_ last: RecordScanner.Rejection, in scanner: inout RecordScanner) {
        guard options.rules.version >= 2, scanner.dialect.decoding.encoding != nil,
            window.bytes[last.raw].contains(TextConverter.cutOff)
        else { return }
        if let place = scanner.notices.firstIndex(where: { $0.code == .notText }) {
            scanner.notices[place].count -= 1
            if scanner.notices[place].count == 0 { scanner.notices.remove(at: place) }
        }
        scanner.notices.add(Notice(.cutOff, example: "line \(last.line)"))
    }

    /// Moves to the first record, or to the end of the source.
    private mutating func skipBlankLines(from cursor: inout Int, line: inout Int) throws {
        while let next = DialectReader.blankLine(window.bytes.span.bytes, at: cursor, filled: window.filled) {
            cursor = next
            line += 1
            if !window.isAtEnd, window.filled - cursor < RecordScanner.lookahead {
                cursor -= try window.refill(from: cursor)
            }
        }
    }
}

extension RecordReader: Sendable where Source: Sendable {}
