/// Finds how a source is written from its first bytes.
struct DialectReader {
    /// What a first record looks like under one delimiter.
    private struct Reading {
        var delimiter: Delimiter
        var fields: [String] = []
        /// Delimiters outside quotes.
        var delimiterCount = 0
        /// Where the record ends, or its first line if its quoting is broken.
        var end: Int
        var isWhole = false

        var knownNames: [KnownColumn] { isWhole ? fields.compactMap(KnownColumn.init(title:)) : [] }
    }

    /// The length of the byte order mark, which is not part of the first record.
    static func byteOrderMark(_ bytes: borrowing RawSpan, filled: Int) -> Int {
        filled >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    }

    /// Whether the source is text of two or four bytes a character: by its byte order mark, or because nearly every
    /// other byte at its beginning is NUL and none between.
    static func isWide(_ bytes: borrowing RawSpan, filled: Int) -> Bool {
        guard filled >= 2 else { return false }
        if bytes[0] == 0xFE && bytes[1] == 0xFF || bytes[0] == 0xFF && bytes[1] == 0xFE { return true }
        let pairs = min(filled, 256) / 2
        guard pairs >= 4 else { return false }
        var first = 0
        var second = 0
        for pair in 0..<pairs {
            if bytes[2 * pair] == 0 { first += 1 }
            if bytes[2 * pair + 1] == 0 { second += 1 }
        }
        return min(first, second) == 0 && max(first, second) * 4 >= pairs * 3
    }

    /// Where the next line begins if the one at `start` holds spaces at most.
    static func blankLine(_ bytes: borrowing RawSpan, at start: Int, filled: Int) -> Int? {
        let limit = min(filled, start + FieldRules.longestRecord)
        var end = start
        while end < limit, bytes[end] == .space { end += 1 }
        let next = LineEnds.next(bytes, end, filled: filled)
        return next > end ? next : nil
    }

    /// Reads the first record, which is not blank and begins at `start`.
    ///
    /// - Returns: the dialect with the position of the first record still as `begin`, and the end of the header.
    static func read(
        _ bytes: borrowing RawSpan, from start: Int, filled: Int, sourceEnds: Bool, delimiter: Delimiter?, line: Int,
        begin: SourcePosition
    ) throws(SourceFormatError) -> (dialect: CSVDialect, headerEnd: Int?) {
        var best: Reading?
        for candidate in delimiter.map({ [$0] }) ?? Delimiter.allCases {
            let reading = firstRecord(bytes, from: start, filled: filled, sourceEnds: sourceEnds, candidate)
            let isBetter =
                best.map {
                    (reading.knownNames.count, reading.delimiterCount) > ($0.knownNames.count, $0.delimiterCount)
                } ?? true
            if isBetter { best = reading }
        }
        // There is always a candidate; without any delimiter in the record it is the comma.
        guard let best, !best.knownNames.isEmpty else {
            return (CSVDialect(delimiter: best?.delimiter ?? .comma, firstRecord: begin), nil)
        }
        let columns = try KnownColumn.columns(of: best.fields, line: line)
        let dialect = CSVDialect(delimiter: best.delimiter, hasHeader: true, columns: columns, firstRecord: begin)
        return (dialect, best.end)
    }

    private static func firstRecord(
        _ bytes: borrowing RawSpan, from start: Int, filled: Int, sourceEnds: Bool, _ delimiter: Delimiter
    ) -> Reading {
        let limit = min(filled, start + FieldRules.longestRecord + 1)
        let lineEnd = LineEnds.first(bytes, start..<limit)
        var reading = Reading(delimiter: delimiter, end: lineEnd)
        var fields: [FieldRange] = []
        let ending = FieldWalk.read(bytes, start..<lineEnd, delimiter: delimiter.byte, into: &fields)
        switch ending {
        case .whole:
            reading.isWhole = lineEnd - start <= FieldRules.longestRecord
        case .broken:
            break
        case .open:
            var quotedEnd = QuotedRecordEnd()
            if lineEnd < limit,
                let end = quotedEnd.find(
                    bytes, from: lineEnd, to: limit,
                    sourceEnds: sourceEnds && filled - start <= FieldRules.longestRecord, delimiter: delimiter.byte)
            {
                reading.end = end
                reading.isWhole = true
                _ = FieldWalk.read(bytes, start..<end, delimiter: delimiter.byte, into: &fields)
            }
        }
        if reading.isWhole {
            reading.delimiterCount = fields.count - 1
            reading.fields = fields.map { bytes.text($0) }
        } else {
            // Of a line that breaks off, the delimiters before that place are all that is certain.
            reading.delimiterCount = fields.count - (ending == .whole ? 1 : 0)
        }
        return reading
    }
}
