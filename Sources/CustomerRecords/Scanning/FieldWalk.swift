/// A field of a record: where its content stands, without what is trimmed and the quotes around it.
struct FieldRange {
    var start: Int
    var end: Int
    /// Whether the content holds doubled quotes.
    var hasEscapes = false

    var range: Range<Int> { start..<end }
}

/// How many fields a record has.
struct FieldCounts {
    /// All of them, kept or not.
    var total = 0
    /// Without the empty ones at the end.
    var filled = 0

    @inline(__always)
    mutating func add(isEmpty: Bool) {
        total += 1
        if !isEmpty { filled = total }
    }
}

/// Takes a record apart by the rules of quoting.
enum FieldWalk {
    enum Ending {
        /// The record is whole.
        case whole
        /// Text follows a closing quote.
        case broken
        /// The bytes end inside quotes.
        case open
    }

    /// Appends the fields of the record that `range` holds, the first `limit` of them, to `fields`.
    ///
    /// The walk goes to the record's end even when it keeps no more fields, because its quoting may be broken there.
    /// Line ends outside quotes are taken as text: the caller knows where the record ends.
    static func read(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, delimiter: UInt8, trimming: Trimming, limit: Int = .max,
        into fields: inout [FieldRange], counts: inout FieldCounts
    ) -> Ending {
        fields.removeAll(keepingCapacity: true)
        counts = FieldCounts()
        let separator = ByteVector(repeating: delimiter)
        var index = range.lowerBound
        let end = range.upperBound
        while true {
            var content = skipBlanks(bytes, index, end, delimiter, trimming)
            var field: FieldRange
            if content < end, bytes[content] == .quote {
                content += 1
                field = FieldRange(start: content, end: content)
                guard let close = closingQuote(bytes, from: content, to: end, hasEscapes: &field.hasEscapes) else {
                    return .open
                }
                field.end = close
                if trimming == .whiteSpace {
                    let range = trimming.trimmed(bytes, field.range)
                    (field.start, field.end) = (range.lowerBound, range.upperBound)
                }
                index = skipBlanks(bytes, close + 1, end, delimiter, trimming)
                if index < end, bytes[index] != delimiter { return .broken }
            } else {
                index = bytes.first(in: content..<end) { $0.equals(separator) }
                let range = trimming.trimmed(bytes, content..<index)
                field = FieldRange(start: range.lowerBound, end: range.upperBound)
            }
            counts.add(isEmpty: field.start == field.end)
            if fields.count < limit { fields.append(field) }
            if index == end { return .whole }
            index += 1
        }
    }

    @inline(__always)
    private static func skipBlanks(
        _ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ delimiter: UInt8, _ trimming: Trimming
    ) -> Int {
        var index = start
        while index < end, bytes[index] != delimiter,
            case let length = trimming.length(bytes, at: index, end: end), length > 0
        {
            index += length
        }
        return index
    }

    @inline(__always)
    private static func closingQuote(
        _ bytes: borrowing RawSpan, from start: Int, to end: Int, hasEscapes: inout Bool
    ) -> Int? {
        let quote = ByteVector(repeating: .quote)
        var index = start
        while true {
            index = bytes.first(in: index..<end) { $0.equals(quote) }
            if index == end { return nil }
            guard index + 1 < end, bytes[index + 1] == .quote else { return index }
            hasEscapes = true
            index += 2
        }
    }
}
