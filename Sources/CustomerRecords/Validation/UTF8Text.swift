/// Reads UTF-8 strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Text {
    /// The scalar that begins at `index`, which moves behind it; `nil` when there is none before `end`.
    static func scalar(_ bytes: borrowing RawSpan, at index: inout Int, end: Int) -> Unicode.Scalar? {
        let lead = bytes[index]
        index += 1
        guard lead >= 0x80 else { return Unicode.Scalar(lead) }
        let length: Int
        let smallest: UInt32
        var value: UInt32
        switch lead {
        case 0xC2...0xDF: (length, smallest, value) = (1, 0x80, UInt32(lead & 0x1F))
        case 0xE0...0xEF: (length, smallest, value) = (2, 0x800, UInt32(lead & 0x0F))
        case 0xF0...0xF4: (length, smallest, value) = (3, 0x10000, UInt32(lead & 0x07))
        default: return nil
        }
        guard end - index >= length else { return nil }
        for _ in 0..<length {
            let byte = bytes[index]
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
            index += 1
        }
        // The initializer refuses surrogates and values above U+10FFFF.
        return value >= smallest ? Unicode.Scalar(value) : nil
    }

    /// Whether a record can be text: UTF-8 without NUL.
    static func isText(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool {
        firstFault(bytes, range) == nil
    }

    /// Whether lines with characters beyond ASCII are UTF-8, more of them than not. In other encodings, such a line is
    /// hardly ever UTF-8 by chance.
    static func isWritten(in bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool {
        var (text, other) = (0, 0)
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            var isASCII = true
            while end < range.upperBound, bytes[end] != .lineFeed, bytes[end] != .carriageReturn {
                if bytes[end] >= 0x80 { isASCII = false }
                end += 1
            }
            // The last line may be cut in the middle of a character.
            if !isASCII, end < range.upperBound || text + other == 0 {
                if isText(bytes, start..<end) { text += 1 } else { other += 1 }
            }
            start = end + 1
        }
        return text > other
    }

    /// Where the first NUL or the first character stands that is not UTF-8.
    static func firstFault(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        let one = ByteVector(repeating: 1)
        while index < range.upperBound {
            // Most text is ASCII for long stretches.
            if range.upperBound - index >= ByteVector.count, one.exceeds(ByteVector(bytes, at: index)).bits == 0 {
                index += ByteVector.count
                continue
            }
            if bytes[index] == 0 { return index }
            let start = index
            guard scalar(bytes, at: &index, end: range.upperBound) != nil else { return start }
        }
        return nil
    }
}
