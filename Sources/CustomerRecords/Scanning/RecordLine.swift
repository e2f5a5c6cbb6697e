/// What one pass over the line at which a record begins tells of it.
struct RecordLine {
    /// The line's end, or `nil` when it was not found.
    private(set) var end: Int?
    /// Whether the line has a quote. Its fields are then still unknown.
    private(set) var hasQuotes = false
    /// Whether the line has NUL or anything beyond ASCII.
    private(set) var hasUnusualBytes = false
    /// Whether the line holds spaces at most.
    private(set) var isBlank = false

    /// Reads from `start`, and no further than `limit`, and puts the first fields, `most` of them, into `fields`.
    init(
        _ bytes: borrowing RawSpan, from start: Int, to limit: Int, delimiter: UInt8, most: Int,
        fields: inout [FieldRange]
    ) {
        fields.removeAll(keepingCapacity: true)
        var offset = start
        var fieldStart = start
        var fieldCount = 1
        while offset < limit, end == nil {
            let block = ByteBlock(bytes, at: offset, delimiter: delimiter)
            let inside = UInt64.lowest(limit - offset)
            let newlines = block.newlines & inside
            let line = newlines.belowLowest & inside
            hasQuotes = hasQuotes || block.quotes & line != 0
            hasUnusualBytes = hasUnusualBytes || block.unusual & line != 0
            if newlines != 0 { end = offset + newlines.trailingZeroBitCount }
            var delimiters = block.delimiters & line
            while delimiters != 0, !hasQuotes {
                let fieldEnd = offset + delimiters.trailingZeroBitCount
                if fieldCount <= most { fields.append(FieldRange(trimming: bytes, fieldStart..<fieldEnd)) }
                fieldCount += 1
                fieldStart = fieldEnd + 1
                delimiters &= delimiters - 1
            }
            offset += ByteBlock.count
        }
        let last = FieldRange(trimming: bytes, fieldStart..<(end ?? limit))
        if fieldCount <= most { fields.append(last) }
        isBlank = fieldCount == 1 && last.range.isEmpty && !hasQuotes
    }
}

extension FieldRange {
    /// The field without the spaces around it.
    init(trimming bytes: borrowing RawSpan, _ range: Range<Int>) {
        start = range.lowerBound
        end = range.upperBound
        while start < end, bytes[start] == .space { start += 1 }
        while start < end, bytes[end - 1] == .space { end -= 1 }
    }
}
