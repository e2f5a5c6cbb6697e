/// Reads a source batch by batch: finds the records, checks them, and writes the valid ones as request bodies.
///
/// Nothing is held but one window of the source, whatever its size or the length of its lines. Copies are independent
/// if copies of the source are.
public struct RecordReader<Source: ByteSource> {
    /// How much of the source a batch covers at most, without and with valid records in it.
    private static var mostBytes: (vain: Int, useful: Int) { (8 << 20, 64 << 20) }

    private var options: ReaderOptions
    private var window: SourceWindow<Source>
    /// Known once the dialect is.
    private var scanner: RecordScanner?

    /// Whether the source begins with a byte order mark; known once the dialect is, and never of a resumed one.
    public private(set) var hasByteOrderMark = false

    /// The end of the last batch, which is where a reader may resume.
    public private(set) var position: SourcePosition

    /// How far the scan has come, which may be inside an endless line.
    private(set) var bytesRead = 0

    /// Reads a source from its beginning.
    public init(source: Source, options: ReaderOptions) {
        self.options = options
        window = SourceWindow(source: source, offset: 0)
        position = .start
    }

    /// Goes on with a source that was read in part.
    ///
    /// - Parameters:
    ///   - source: gives the bytes from `position` on.
    ///   - position: the end of a batch, or the first record of the dialect.
    ///   - dialect: as it was found when the source was read from its beginning.
    public init(source: Source, options: ReaderOptions, resumingAt position: SourcePosition, dialect: CSVDialect) {
        self.options = options
        window = SourceWindow(source: source, offset: position.offset)
        self.position = position
        scanner = RecordScanner(dialect: dialect, options: options, cursor: 0, line: position.line)
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
        _ = try window.refill(from: 0)
        guard !DialectReader.isWide(window.bytes.span.bytes, filled: window.filled) else {
            throw SourceFormatError(.notUTF8, line: 1)
        }
        var cursor = DialectReader.byteOrderMark(window.bytes.span.bytes, filled: window.filled)
        hasByteOrderMark = cursor > 0
        var line = 1
        let begin = SourcePosition(offset: cursor, line: line)
        try skipBlankLines(from: &cursor, line: &line)
        var (dialect, headerEnd) = try DialectReader.read(
            window.bytes.span.bytes, from: cursor, filled: window.filled, sourceEnds: window.isAtEnd,
            delimiter: options.delimiter, line: line, begin: begin)
        if let headerEnd {
            line += LineEnds.count(window.bytes.span.bytes, cursor..<headerEnd)
            cursor = LineEnds.next(window.bytes.span.bytes, headerEnd, filled: window.filled)
            if cursor > headerEnd { line += 1 }
            dialect.firstRecord = SourcePosition(offset: window.offset + cursor, line: line)
        }
        position = dialect.firstRecord
        scanner = RecordScanner(dialect: dialect, options: options, cursor: cursor, line: line)
        return dialect
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
        var batch = batch ?? RecordBatch()
        batch.reset(capacity: max(1, options.batchSize), delimiter: dialect.delimiter)
        let start = position
        while true {
            let most = batch.count == 0 ? Self.mostBytes.vain : Self.mostBytes.useful
            if position.offset - start.offset >= most || batch.room == 0 { break }
            let isAtEnd = try advance(to: start.offset + most, rejects: &rejects) { scanner, bytes, extent in
                scanner.scan(bytes, extent, into: &batch)
            }
            if isAtEnd { break }
        }
        guard position != start else { return nil }
        batch.finish(start: start, end: position)
        return batch
    }

    /// Scans what the window holds, hands on what was rejected, and refills the window.
    ///
    /// The scan itself is given by the caller, who knows the type of its output, so that it is compiled for that type.
    ///
    /// - Parameter stop: the offset in the source from which on no record shall begin.
    /// - Returns: whether the source has ended.
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
                try rejects.rejected(line: rejection.line, reason: rejection.reason, raw: $0)
            }
        }
        scanner.rejections.removeAll(keepingCapacity: true)
        bytesRead = window.offset + scanner.cursor
        if scanner.isBetweenRecords || pause == .sourceEnded {
            position = SourcePosition(offset: window.offset + scanner.cursor, line: scanner.line)
        }
        if pause == .needsMore { scanner.shift(by: try window.refill(from: scanner.cursor)) }
        return pause == .sourceEnded
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
