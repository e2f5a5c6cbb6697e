/// What one pass over the line at which a record begins tells of it.
struct RecordLine {
    /// The line's end, or `nil` when it was not found.
    private(set) var end: Int?
    /// Whether the line has a quote. Its fields are then still unknown.
    private(set) var hasQuotes = false
    /// Whether the line has NUL or anything beyond ASCII.
    private(set) var hasUnusualBytes = false
    /// How many fields it has, unless it has quotes.
    private(set) var counts = FieldCounts()
    /// Whether the line holds one field and nothing in it.
    private(set) var isBlank = false

    /// Reads from `start`, and no further than `limit`, and puts the first fields, `maximumFields` of them, into `fields`.
    init(
        _ bytes: borrowing RawSpan, from start: Int, to limit: Int, delimiter: UInt8, trimming: Trimming,
        maximumFields: Int,
        fields: inout [FieldRange]
    ) {
        fields.removeAll(keepingCapacity: true)
        var offset = start
        var fieldStart = start
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
                let field = trimming.trimmed(bytes, fieldStart..<fieldEnd)
                if counts.total < maximumFields {
                    fields.append(FieldRange(start: field.lowerBound, end: field.upperBound))
                }
                counts.add(isEmpty: field.isEmpty)
                fieldStart = fieldEnd + 1
                delimiters &= delimiters - 1
            }
            offset += ByteBlock.count
        }
        guard !hasQuotes else { return }
        let last = trimming.trimmed(bytes, fieldStart..<(end ?? limit))
        if counts.total < maximumFields { fields.append(FieldRange(start: last.lowerBound, end: last.upperBound)) }
        counts.add(isEmpty: last.isEmpty)
        isBlank = counts.total == 1 && last.isEmpty
    }
}
