/// Finds where a record ends whose quotes stay open at the end of its first line.
///
/// A record that finds no end costs its first line only, and the next line is read as a record again. Hostile input
/// could so have 64 KiB scanned for each of its lines. But two scans that are both inside quotes at the same place
/// go the same way from there on, and a scan is inside quotes at every line that it has passed. So the place that the
/// last failed scan has reached is kept, and the next one continues there: each byte is scanned once.
struct QuotedRecordEnd {
    private enum State {
        case fieldStart
        case unquoted
        case quoted
        /// After a quote inside quotes, which either closes them or is the first of two.
        case quoteInQuotes
        case afterQuotes
        /// Text followed a closing quote.
        case broken
    }

    /// What the last fruitless scan reached; its offset moves with the window.
    private var reached = 0
    private var state = State.broken

    /// Tells that the window's bytes moved toward its start.
    mutating func shift(by count: Int) { reached -= count }

    /// The end of the record that is inside quotes at `start`, or `nil` when it has none below `limit`.
    ///
    /// - Parameters:
    ///   - start: the line end at which the quotes are open.
    ///   - limit: the scan looks at no byte from here on.
    ///   - sourceEnds: whether the source ends at `limit`, which ends a record, too.
    mutating func find(
        _ bytes: borrowing RawSpan, from start: Int, to limit: Int, sourceEnds: Bool, delimiter: UInt8,
        trimming: Trimming
    ) -> Int? {
        var index = start
        var state = State.quoted
        if start < reached {
            index = reached
            state = self.state
        }
        while index < limit, state != .broken {
            let byte = bytes[index]
            if state != .quoted, state != .unquoted, byte != delimiter, byte >= 0x80 || byte < .space, !byte.isNewline {
                // A character that is trimmed may be cut at the limit, and is left for the next scan then.
                if byte >= 0xC0, !sourceEnds, limit - index < (byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4) { break }
                let length = trimming.length(bytes, at: index, end: limit)
                if length > 0 {
                    if state == .quoteInQuotes { state = .afterQuotes }
                    index += length
                    continue
                }
            }
            switch state {
            case .quoted:
                if byte == .quote { state = .quoteInQuotes }
            case .quoteInQuotes where byte == .quote:
                state = .quoted
            case _ where byte == delimiter:
                state = .fieldStart
            case _ where byte.isNewline:
                return index
            case .quoteInQuotes, .afterQuotes:
                state = byte == .space ? .afterQuotes : .broken
            case .fieldStart where byte == .quote:
                state = .quoted
            case .fieldStart where byte == .space:
                break
            case .fieldStart, .unquoted, .broken:
                state = .unquoted
            }
            index += 1
        }
        if sourceEnds, index == limit, state != .quoted, state != .broken { return limit }
        self.reached = index
        self.state = state
        return nil
    }
}
