/// Physical lines end with LF, CR LF or CR.
enum LineEnds {
    /// Where the first line end in the range begins, or the range's end.
    static func first(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let block = ByteBlock(bytes, at: offset, delimiter: .lineFeed)
            let newlines = block.newlines & .lowest(range.upperBound - offset)
            if newlines != 0 { return offset + newlines.trailingZeroBitCount }
            offset += ByteBlock.count
        }
        return range.upperBound
    }

    /// What follows the line end at `offset`; `offset` itself when there is none.
    static func next(_ bytes: borrowing RawSpan, _ offset: Int, filled: Int) -> Int {
        guard offset < filled, bytes[offset].isNewline else { return offset }
        let isPair = bytes[offset] == .carriageReturn && offset + 1 < filled && bytes[offset + 1] == .lineFeed
        return offset + (isPair ? 2 : 1)
    }

    /// How many lines end within the range.
    static func count(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int {
        var count = 0
        var offset = range.lowerBound
        while true {
            offset = first(bytes, offset..<range.upperBound)
            if offset == range.upperBound { return count }
            offset = next(bytes, offset, filled: range.upperBound)
            count += 1
        }
    }
}
