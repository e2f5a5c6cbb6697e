/// Finds, checks and hands on the records in a window of the source's bytes.
///
/// It holds no bytes itself: the reader gives it the window, and refills that when the scanner asks for more. What it
/// finds never depends on where a window ends, because it decides nothing before it sees all that could matter.
struct RecordScanner: Sendable {
    enum Pause {
        /// The output has no more room, or enough of the source has been read for it.
        case outputIsFull
        /// Rejected records wait to be handed on before the window changes.
        case rejectionsAreFull
        /// More bytes than the window holds are needed.
        case needsMore
        case sourceEnded
    }

    /// A rejected record, as a range of the window.
    struct Rejection {
        let line: Int
        let reason: ReasonCode
        let raw: Range<Int>
    }

    /// A record's longest text, the longest line end and one byte more.
    static let lookahead = FieldRules.longestRecord + 3
    /// How many bytes must be readable, though they mean nothing, behind the window's last byte.
    static let padding = 2 * ByteBlock.count
    private static let mostRejections = 1024

    let dialect: CSVDialect
    let rules: RecordRules
    let filter: AgeFilter
    /// The next byte to be read, counted from the window's beginning.
    var cursor: Int
    var line: Int
    var rejections: [Rejection] = []

    private var isSkippingLine = false
    /// Successive tries for plain records that found none, and how many records to wait for the next try: a source that
    /// has none shall not pay for it each time.
    private var vainRuns = 0
    private var recordsUntilPlain = 0
    private var quotedEnd = QuotedRecordEnd()
    private var fields: [FieldRange] = []
    private var scratch: [UInt8] = []

    init(dialect: CSVDialect, options: ReaderOptions, cursor: Int, line: Int) {
        self.dialect = dialect
        self.rules = options.rules
        self.filter = options.filter
        self.cursor = cursor
        self.line = line
    }

    /// The fields of a record that are kept: one more than needed tells that there are more.
    private var mostFields: Int { dialect.columns.fieldCount + 1 }

    /// Whether the cursor stands between two records, and not inside a line that is being skipped.
    var isBetweenRecords: Bool { !isSkippingLine }

    /// Tells that the window's bytes moved towards its start.
    mutating func shift(by count: Int) {
        cursor -= count
        quotedEnd.shift(by: count)
    }

    /// Reads on until there is a reason to pause. `bytes` is the window with its padding.
    mutating func scan<Output: RecordOutput>(
        _ bytes: borrowing RawSpan, _ extent: SourceExtent, into output: inout Output
    ) -> Pause {
        let (filled, sourceEnds, stop) = (extent.filled, extent.sourceEnds, extent.stop)
        while true {
            if isSkippingLine, !skipLine(bytes, filled: filled, sourceEnds: sourceEnds) {
                return sourceEnds ? .sourceEnded : .needsMore
            }
            if cursor == filled, sourceEnds { return .sourceEnded }
            if output.room == 0 || cursor >= stop { return .outputIsFull }
            if rejections.count >= Self.mostRejections { return .rejectionsAreFull }
            if scanPlainRecords(bytes, filled: filled, stop: stop, into: &output) { continue }
            guard sourceEnds || filled - cursor >= Self.lookahead else { return .needsMore }
            scanRecord(bytes, filled: filled, sourceEnds: sourceEnds, into: &output)
        }
    }

    /// Reads the plain records that come next; false when there is none.
    @inline(__always)
    private mutating func scanPlainRecords<Output: RecordOutput>(
        _ bytes: borrowing RawSpan, filled: Int, stop: Int, into output: inout Output
    ) -> Bool {
        guard dialect.columns == .standard, filled - cursor > ByteBlock.count else { return false }
        guard recordsUntilPlain == 0 else {
            recordsUntilPlain -= 1
            return false
        }
        var run = PlainRun(
            cursor: cursor, stop: min(stop, filled - ByteBlock.count), line: line, most: output.room,
            delimiter: dialect.delimiter.byte, rules: rules, filter: filter)
        bytes.withUnsafeBytes { output.takePlainRun(&run, in: $0) }
        guard run.cursor > cursor else {
            vainRuns = min(vainRuns + 1, 16)
            recordsUntilPlain = vainRuns - 1
            return false
        }
        vainRuns = 0
        cursor = run.cursor
        line = run.line
        return true
    }

    /// Reads one record, or a blank line, whatever it looks like.
    private mutating func scanRecord<Output: RecordOutput>(
        _ bytes: borrowing RawSpan, filled: Int, sourceEnds: Bool, into output: inout Output
    ) {
        let start = cursor
        let limit = min(filled, start + FieldRules.longestRecord + 1)
        let shape = RecordLine(
            bytes, from: start, to: limit, delimiter: dialect.delimiter.byte, most: mostFields, fields: &fields)
        guard let firstLineEnd = shape.end ?? (limit - start <= FieldRules.longestRecord ? limit : nil) else {
            isSkippingLine = true
            refuse(.malformed, start..<(limit - 1), into: &output)
            return
        }
        if shape.isBlank {
            advance(over: firstLineEnd, bytes, filled: filled)
            return
        }
        var end = firstLineEnd
        if shape.hasQuotes {
            guard
                let whole = readQuotedRecord(
                    bytes, firstLine: start..<firstLineEnd, limit: limit,
                    sourceEnds: sourceEnds && filled - start <= FieldRules.longestRecord)
            else {
                refuse(.malformed, start..<firstLineEnd, into: &output)
                advance(over: firstLineEnd, bytes, filled: filled)
                return
            }
            end = whole
        }
        let isWhole = fields.count >= dialect.columns.fieldCount
        if isWhole, !shape.hasUnusualBytes && end == firstLineEnd || UTF8Text.isText(bytes, start..<end) {
            judge(bytes, start..<end, into: &output)
        } else {
            refuse(.malformed, start..<end, into: &output)
        }
        if end > firstLineEnd { line += LineEnds.count(bytes, start..<end) }
        advance(over: end, bytes, filled: filled)
    }

    /// Reads the fields of a record with quotes and returns its end, or `nil` when its quoting is broken.
    private mutating func readQuotedRecord(
        _ bytes: borrowing RawSpan, firstLine: Range<Int>, limit: Int, sourceEnds: Bool
    ) -> Int? {
        let delimiter = dialect.delimiter.byte
        switch FieldWalk.read(bytes, firstLine, delimiter: delimiter, limit: mostFields, into: &fields) {
        case .whole:
            return firstLine.upperBound
        case .broken:
            return nil
        case .open:
            guard
                let end = quotedEnd.find(
                    bytes, from: firstLine.upperBound, to: limit, sourceEnds: sourceEnds, delimiter: delimiter)
            else { return nil }
            _ = FieldWalk.read(
                bytes, firstLine.lowerBound..<end, delimiter: delimiter, limit: mostFields, into: &fields)
            return end
        }
    }

    private mutating func judge<Output: RecordOutput>(
        _ bytes: borrowing RawSpan, _ record: Range<Int>, into output: inout Output
    ) {
        var customer = CustomerFields(fields, dialect.columns)
        if customer.hasEscapes {
            customer.unescape(bytes, into: &scratch)
            switch customer.verdict(scratch.span.bytes, rules, filter) {
            case .invalid(let reason):
                refuse(reason, record, into: &output)
            case .valid(let age, let bannerID):
                output.accept(
                    customer, in: scratch.span.bytes, age: age, bannerID: bannerID, line: line, verbatim: nil)
            }
        } else {
            switch customer.verdict(bytes, rules, filter) {
            case .invalid(let reason):
                refuse(reason, record, into: &output)
            case .valid(let age, let bannerID):
                let verbatim = dialect.columns == .standard && fields.count == 4 ? record : nil
                output.accept(customer, in: bytes, age: age, bannerID: bannerID, line: line, verbatim: verbatim)
            }
        }
    }

    private mutating func refuse<Output: RecordOutput>(
        _ reason: ReasonCode, _ record: Range<Int>, into output: inout Output
    ) {
        output.count(reason)
        if reason.isRejection { rejections.append(Rejection(line: line, reason: reason, raw: record)) }
    }

    /// Moves the cursor over the line end at `end`, if there is one.
    private mutating func advance(over end: Int, _ bytes: borrowing RawSpan, filled: Int) {
        cursor = LineEnds.next(bytes, end, filled: filled)
        if cursor > end { line += 1 }
    }

    /// Skips what is left of a line; false when its end is not in the window.
    private mutating func skipLine(_ bytes: borrowing RawSpan, filled: Int, sourceEnds: Bool) -> Bool {
        cursor = LineEnds.first(bytes, cursor..<filled)
        // A carriage return may be the first half of a line end.
        guard cursor + 1 < filled || sourceEnds && cursor < filled else { return false }
        advance(over: cursor, bytes, filled: filled)
        isSkippingLine = false
        return true
    }
}
