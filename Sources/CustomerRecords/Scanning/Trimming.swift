/// What is not part of a field at its ends.
enum Trimming: Sendable {
    /// Spaces outside quotes: version 1 of the rules.
    case spaces
    /// Unicode's white space and invisible characters, also inside quotes.
    case whiteSpace

    init(version: Int) { self = version < 2 ? .spaces : .whiteSpace }

    /// How many bytes the character at `index` has if it is trimmed; 0 if it is not.
    @inline(__always)
    func length(_ bytes: borrowing RawSpan, at index: Int, end: Int) -> Int {
        let byte = bytes[index]
        if byte == .space { return 1 }
        if self == .spaces || byte > .space && byte < 0xC2 { return 0 }
        return Self.invisible(bytes, at: index, end: end)
    }

    /// The field in a range without what is trimmed at its ends.
    @inline(__always)
    func trimmed(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Range<Int> {
        // Nearly all fields begin and end with something that is seen.
        if !range.isEmpty, (0x21...0x7E).contains(bytes[range.lowerBound]),
            (0x21...0x7E).contains(bytes[range.upperBound - 1])
        {
            return range
        }
        return trimmedAtEnds(bytes, range)
    }

    /// A text without what is trimmed at its ends.
    func trimmed(_ text: String) -> String {
        let isSeen: (UInt8) -> Bool = { (0x21...0x7E).contains($0) }
        if text.utf8.first.map(isSeen) ?? true, text.utf8.last.map(isSeen) ?? true { return text }
        let bytes = Array(text.utf8)
        return String(decoding: bytes[trimmed(bytes.span.bytes, 0..<bytes.count)], as: UTF8.self)
    }

    @inline(never)
    private func trimmedAtEnds(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, case let length = length(bytes, at: start, end: end), length > 0 { start += length }
        while start < end, case let length = lengthBefore(bytes, end: end, start: start), length > 0 { end -= length }
        return start..<end
    }

    @inline(__always)
    private func lengthBefore(_ bytes: borrowing RawSpan, end: Int, start: Int) -> Int {
        let byte = bytes[end - 1]
        if byte == .space { return 1 }
        if self == .spaces || byte > .space && byte < 0x80 { return 0 }
        if byte < 0x80 { return Self.invisible(bytes, at: end - 1, end: end) }
        for length in 2...4 where end - length >= start {
            if Self.invisible(bytes, at: end - length, end: end) == length { return length }
        }
        return 0
    }

    /// White space, and format characters that nobody sees.
    private static func invisible(_ bytes: borrowing RawSpan, at index: Int, end: Int) -> Int {
        let first = bytes[index]
        switch first {
        case 0x09...0x0D: return 1
        case ..<0xC2: return 0
        default: break
        }
        guard end - index >= 2 else { return 0 }
        let second = bytes[index + 1]
        switch first {
        // Next line, no-break space, soft hyphen; Arabic letter mark.
        case 0xC2: return second == 0x85 || second == 0xA0 || second == 0xAD ? 2 : 0
        case 0xD8: return second == 0x9C ? 2 : 0
        default: break
        }
        guard end - index >= 3 else { return 0 }
        let third = bytes[index + 2]
        switch (first, second) {
        // Ogham space; Mongolian vowel separator.
        case (0xE1, 0x9A): return third == 0x80 ? 3 : 0
        case (0xE1, 0xA0): return third == 0x8E ? 3 : 0
        // Spaces, zero width characters, directions, separators, joiners.
        case (0xE2, 0x80): return (0x80...0x8F).contains(third) || (0xA8...0xAF).contains(third) ? 3 : 0
        case (0xE2, 0x81): return (0x9F...0xAF).contains(third) ? 3 : 0
        // Ideographic space; byte order mark; annotations.
        case (0xE3, 0x80): return third == 0x80 ? 3 : 0
        case (0xEF, 0xBB): return third == 0xBF ? 3 : 0
        case (0xEF, 0xBF): return (0xB9...0xBB).contains(third) ? 3 : 0
        // Tags.
        case (0xF3, 0xA0): return end - index >= 4 && (third == 0x80 || third == 0x81) ? 4 : 0
        default: return 0
        }
    }
}
