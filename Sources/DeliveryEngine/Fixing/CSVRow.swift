/// A row of the program's own CSV files: commas, quotes doubled inside quotes, one row a line but for what stands in quotes.
enum CSVRow {
    /// Where the next row begins; `nil` when the row has no end in these bytes.
    static func end(in bytes: [UInt8], from start: Int) -> Int? {
        var isQuoted = false
        for index in start..<bytes.count {
            if bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if bytes[index] == UInt8(ascii: "\n"), !isQuoted { return index + 1 }
        }
        return nil
    }

    /// - Parameter row: with its line end or without.
    static func fields(of row: some Sequence<UInt8>) -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuote = false
        for byte in row {
            let followsQuote = wasQuote
            wasQuote = false
            switch byte {
            case UInt8(ascii: "\""):
                // The second of two inside quotes stands for one.
                if followsQuote, !isQuoted { field.append(byte) }
                wasQuote = isQuoted
                isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            case UInt8(ascii: "\n") where !isQuoted:
                if field.last == UInt8(ascii: "\r") { field.removeLast() }
            default: field.append(byte)
            }
        }
        return fields + [String(decoding: field, as: UTF8.self)]
    }
}
