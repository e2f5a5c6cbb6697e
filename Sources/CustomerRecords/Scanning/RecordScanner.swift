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
        /// What follows can't be read with certainty.
        case faultFound
    }

    /// A rejected record, as a range of the window.
    struct Rejection {
        let line: Int
        let fault: RecordFault
        let raw: Range<Int>
    }

    /// A record's longest text, the longest line end and one byte more.
    static let lookahead = FieldRules.longestRecord + 3
    /// How many bytes must be readable, though they mean nothing, behind the window's last byte.
    static let padding = 2 * ByteBlock.count
    private static let maximumRejections = 1024

    let dialect: CSVDialect
    let rules: RecordRules
    let filter: AgeFilter
    let trimming: Trimming
    /// The next byte to be read, counted from the window's beginning.
    var cursor: Int
    var line: Int
    var rejections: [Rejection] = []
    /// What was seen since the last batch that its sender should know.
    var notices: [Notice] = []
    /// Why nothing behind the cursor may be read.
    private(set) var fault: SourceFormatError? {
        didSet { hasFault = fault != nil }
    }
    /// Asked once a record, and far cheaper to ask than the fault itself.
    private var hasFault = false

    private let allowsShortRows: Bool
    private let remedies: RemedySearch
    private var isSkippingLine = false
    /// Successive tries for plain records that found none, and how many records to wait for the next try: a source that
    /// has none must not pay for it each time.
    private var fruitlessStretches = 0
    private var recordsUntilPlain = 0
    private var quotedEnd = QuotedRecordEnd()
    private var fields: [FieldRange] = []
    private var counts = FieldCounts()
    private var scratch: [UInt8] = []
    /// What stood in records that are no text, and behind the first of them.
    private var foreign = ForeignText()
    private var hasLookedAhead = false
    /// So many bytes from the first record on that is not text tell the source's encoding.
    private static let foreignStretch = 64 << 10

    init(dialect: CSVDialect, options: ReaderOptions, cursor: Int, line: Int) {
        self.dialect = dialect
        self.rules = options.rules
        self.filter = options.filter
        self.trimming = Trimming(version: options.rules.version)
        self.allowsShortRows = options.allowsShortRows
        remedies = RemedySearch(dialect: dialect, rules: rules, filter: filter, trimming: trimming)
        self.cursor = cursor
        self.line = line
    }

    /// The fields of a record that are kept: one more than needed tells that there are more.
    private var maximumFields: Int { dialect.columns.fieldCount + 1 }

    /// Whether a record of four fields in standard order can be a whole one.
    private var admitsPlainRecords: Bool {
        dialect.columns == .standard && (dialect.width.map { $0 == 4 || allowsShortRows } ?? true)
    }

    /// Whether the cursor stands between two records, and not inside a line that is being skipped.
    var isBetweenRecords: Bool { !isSkippingLine }

    /// Tells that the window's bytes moved toward its start.
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
            if hasFault { return .faultFound }
            if isSkippingLine, !skipLine(bytes, filled: filled, sourceEnds: sourceEnds) {
                return sourceEnds ? .sourceEnded : .needsMore
            }
            if cursor == filled, sourceEnds { return .sourceEnded }
            if output.room == 0 || cursor >= stop { return .outputIsFull }
            if rejections.count >= Self.maximumRejections { return .rejectionsAreFull }
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
        guard admitsPlainRecords, filled - cursor > PlainStretch.longestRecord else { return false }
        guard recordsUntilPlain == 0 else {
            recordsUntilPlain -= 1
            return false
        }
        var stretch = PlainStretch(
            cursor: cursor, stop: min(stop, filled - PlainStretch.longestRecord), line: line,
            maximumRecords: output.room,
            delimiter: dialect.delimiter.byte, rules: rules, filter: filter)
        bytes.withUnsafeBytes { output.takePlainStretch(&stretch, in: $0) }
        guard stretch.cursor > cursor else {
            fruitlessStretches = min(fruitlessStretches + 1, 16)
            recordsUntilPlain = fruitlessStretches - 1
            return false
        }
        fruitlessStretches = 0
        cursor = stretch.cursor
        line = stretch.line
        return true
    }

    /// Reads one record, or a blank line, whatever it looks like.
    private mutating func scanRecord<Output: RecordOutput>(
        _ bytes: borrowing RawSpan, filled: Int, sourceEnds: Bool, into output: inout Output
    ) {
        let start = cursor
        let limit = min(filled, start + FieldRules.longestRecord + 1)
        let shape = RecordLine(
            bytes, from: start, to: limit, delimiter: dialect.delimiter.byte, trimming: trimming,
            maximumFields: maximumFields,
            fields: &fields)
        guard let firstLineEnd = shape.end ?? (limit - start <= FieldRules.longestRecord ? limit : nil) else {
            isSkippingLine = true
            refuse(.tooLong, start..<(limit - 1), into: &output)
            return
        }
        if shape.isBlank {
            advance(over: firstLineEnd, bytes, filled: filled)
            return
        }
        var end = firstLineEnd
        counts = shape.counts
        if shape.hasQuotes {
            let isEndOfSource = sourceEnds && filled - start <= FieldRules.longestRecord
            switch readQuotedRecord(bytes, firstLine: start..<firstLineEnd, limit: limit, sourceEnds: isEndOfSource) {
            case .success(let whole):
                end = whole
            case .failure(let broken):
                refuse(broken.fault, start..<firstLineEnd, into: &output)
                advance(over: firstLineEnd, bytes, filled: filled)
                return
            }
        }
        let isText = !shape.hasUnusualBytes && end == firstLineEnd || UTF8Text.isText(bytes, start..<end)
        read(bytes, start..<end, isText: isText, filled: filled, into: &output)
        // Nothing from there on may be read.
        if hasFault { return }
        if end > firstLineEnd { line += LineEnds.count(bytes, start..<end) }
        advance(over: end, bytes, filled: filled)
    }

    /// Reads a record whose fields and end are known.
    @inline(__always)
    private mutating func read<Output: RecordOutput>(
        _ bytes: borrowing RawSpan, _ record: Range<Int>, isText: Bool, filled: Int, into output: inout Output
    ) {
        if !isText {
            refuse(noText(bytes, record, filled: filled), record, into: &output)
        } else if counts.filled == 0, dialect.width != nil {
            notices.add(Notice(.emptyRows))
        } else if let fault = miscount {
            refuseUnlessHeader(fault, bytes, record, into: &output)
        } else {
            judge(bytes, record, into: &output)
        }
    }

    private struct BrokenQuotes: Error {
        let fault: RecordFault
    }

    /// Reads the fields of a record with quotes and returns its end, or what is wrong with its quotes.
    private mutating func readQuotedRecord(
        _ bytes: borrowing RawSpan, firstLine: Range<Int>, limit: Int, sourceEnds: Bool
    ) -> Result<Int, BrokenQuotes> {
        let delimiter = dialect.delimiter.byte
        let ending = FieldWalk.read(
            bytes, firstLine, delimiter: delimiter, trimming: trimming, limit: maximumFields, into: &fields,
            counts: &counts)
        switch ending {
        case .whole:
            return .success(firstLine.upperBound)
        case .broken:
            return .failure(BrokenQuotes(fault: .textAfterQuote))
        case .open:
            guard
                let end = quotedEnd.find(
                    bytes, from: firstLine.upperBound, to: limit, sourceEnds: sourceEnds, delimiter: delimiter,
                    trimming: trimming)
            else { return .failure(BrokenQuotes(fault: .openQuote)) }
            _ = FieldWalk.read(
                bytes, firstLine.lowerBound..<end, delimiter: delimiter, trimming: trimming, limit: maximumFields,
                into: &fields, counts: &counts)
            return .success(end)
        }
    }

    /// What is wrong with the number of fields.
    private var miscount: RecordFault? {
        let needed = dialect.columns.fieldCount
        guard let width = dialect.width else {
            return counts.total < needed ? .tooFewFields(counts.total, needed: needed) : nil
        }
        if counts.filled > width { return .tooManyFields(counts.filled, needed: width) }
        guard counts.total < width else { return nil }
        return allowsShortRows && counts.total >= needed ? nil : .tooFewFields(counts.total, needed: width)
    }

    private mutating func noText(_ bytes: borrowing RawSpan, _ record: Range<Int>, filled: Int) -> RecordFault {
        guard let place = UTF8Text.firstFault(bytes, record), bytes[place] != 0 else { return .null }
        let isUnknown = dialect.decoding.encoding == nil && !dialect.showsUTF8
        let guess = isUnknown ? encoding(bytes, record, filled: filled) : nil
        let example = dialect.showsUTF8 ? Notice.isUTF8 : guess.map { "the file looks like \($0.label)" }
        notices.add(Notice(.notText, example: example))
        return .notText(guess)
    }

    /// What encoding the source seems to have. The first record that is not text may be a single word: what follows it
    /// is looked at, too.
    private mutating func encoding(_ bytes: borrowing RawSpan, _ record: Range<Int>, filled: Int) -> EncodingGuess? {
        guard foreign.guess == nil else { return foreign.guess }
        let isFirst = !hasLookedAhead
        hasLookedAhead = true
        let end = isFirst ? max(record.upperBound, min(filled, cursor + Self.foreignStretch)) : record.upperBound
        foreign.add(bytes, record.lowerBound..<end, delimiter: dialect.delimiter.byte)
        foreign.guessAgain()
        return foreign.guess
    }

    private mutating func judge<Output: RecordOutput>(
        _ bytes: borrowing RawSpan, _ record: Range<Int>, into output: inout Output
    ) {
        var customer = CustomerFields(fields, dialect.columns)
        guard !customer.hasEscapes else {
            customer.unescape(bytes, into: &scratch)
            let text = scratch
            decide(customer, in: text.span.bytes, verbatim: nil, bytes, record, into: &output)
            return
        }
        let isVerbatim = dialect.columns == .standard && counts.total == 4
        decide(customer, in: bytes, verbatim: isVerbatim ? record : nil, bytes, record, into: &output)
    }

    /// - Parameters:
    ///   - text: holds the customer's fields without escapes.
    ///   - bytes: the window, which holds the record.
    @inline(__always)
    private mutating func decide<Output: RecordOutput>(
        _ customer: CustomerFields, in text: borrowing RawSpan, verbatim: Range<Int>?, _ bytes: borrowing RawSpan,
        _ record: Range<Int>, into output: inout Output
    ) {
        switch customer.verdict(text, rules, filter) {
        case .invalid(let fault):
            refuseUnlessHeader(fault, bytes, record, into: &output)
        case .filtered:
            output.count(.ageFilter)
        case .valid(let age, let bannerID, let suspicion):
            if let suspicion { note(suspicion, text.text(customer.cookie)) }
            output.accept(customer, in: text, age: age, bannerID: bannerID, line: line, verbatim: verbatim)
        }
    }

    private mutating func note(_ suspicion: SuspiciousCookie, _ cookie: @autoclosure () -> String) {
        notices.add(suspicion.noticeCode, example: "line \(line): \(SourceFormatError.shown(cookie()))")
    }

    /// Refuses a record that doesn't repeat the header. Another header, whose columns stand in another order, ends the
    /// reading: what follows it would be read wrong.
    private mutating func refuseUnlessHeader<Output: RecordOutput>(
        _ fault: RecordFault, _ bytes: borrowing RawSpan, _ record: Range<Int>, into output: inout Output
    ) {
        switch headerCheck(bytes, record) {
        case .none:
            remedies.note(fault, of: fields, bytes, record, line: line, in: &notices)
            refuse(fault, record, into: &output)
        case .repeated:
            notices.add(Notice(.repeatedHeader, example: "line \(line)"))
        case .inAnotherOrder:
            self.fault = SourceFormatError(.headerInAnotherOrder(titles: texts(bytes, record)), line: line)
        }
    }

    private func headerCheck(_ bytes: borrowing RawSpan, _ record: Range<Int>) -> CSVDialect.HeaderCheck {
        guard dialect.width != nil, record.count <= 4096 else { return .none }
        // Nearly every rejected record has a number where the age stands, and is not a header then.
        if counts.filled == dialect.width, dialect.columns.age < fields.count,
            case let age = fields[dialect.columns.age], age.start < age.end, bytes[age.start].digit != nil
        {
            return .none
        }
        return dialect.headerCheck(texts(bytes, record))
    }

    /// All fields of a record as text.
    private func texts(_ bytes: borrowing RawSpan, _ record: Range<Int>) -> [String] {
        var all: [FieldRange] = []
        var counts = FieldCounts()
        _ = FieldWalk.read(
            bytes, record, delimiter: dialect.delimiter.byte, trimming: trimming, into: &all, counts: &counts)
        return all.map { bytes.text($0) }
    }

    private mutating func refuse<Output: RecordOutput>(
        _ fault: RecordFault, _ record: Range<Int>, into output: inout Output
    ) {
        output.count(fault.reason)
        rejections.append(Rejection(line: line, fault: fault, raw: record))
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
