/// A field of a record: where its content stands, without the spaces and quotes around it.
struct FieldRange {
    var start: Int
    var end: Int
    /// Whether the content holds doubled quotes.
    var hasEscapes = false

    var range: Range<Int> { start..<end }
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
        _ bytes: borrowing RawSpan, _ range: Range<Int>, delimiter: UInt8, limit: Int = .max,
        into fields: inout [FieldRange]
    ) -> Ending {
        fields.removeAll(keepingCapacity: true)
        let separator = ByteVector(repeating: delimiter)
        var index = range.lowerBound
        let end = range.upperBound
        while true {
            while index < end, bytes[index] == .space { index += 1 }
            var field = FieldRange(start: index, end: index)
            if index < end, bytes[index] == .quote {
                field.start += 1
                guard let close = closingQuote(bytes, from: index + 1, to: end, hasEscapes: &field.hasEscapes) else {
                    return .open
                }
                field.end = close
                index = close + 1
                while index < end, bytes[index] == .space { index += 1 }
                if index < end, bytes[index] != delimiter { return .broken }
            } else {
                index = bytes.first(in: index..<end) { $0.equals(separator) }
                field.end = index
                while field.end > field.start, bytes[field.end - 1] == .space { field.end -= 1 }
            }
            if fields.count < limit { fields.append(field) }
            if index == end { return .whole }
            index += 1
        }
    }

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
