public import NIOCore

/// Writes rows as RFC 4180 says, each ended by LF.
public enum CSVWriter {
    /// Appends a row.
    ///
    /// - Parameter guardFormulas: whether cells that a spreadsheet would take for a formula get a leading apostrophe.
    ///   Such a file is to be looked at: it can't be read back as it was.
    public static func append(_ fields: [String], to bytes: inout [UInt8], guardFormulas: Bool = false) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(Delimiter.comma.byte) }
            let cell = guardFormulas && isFormula(field) ? "'" + field : field
            // A row that is blank would be skipped by a reader.
            append(cell.utf8.span.bytes, 0..<cell.utf8.count, isForced: fields == [""], to: &bytes)
        }
        bytes.append(.lineFeed)
    }

    /// Appends a row.
    public static func append(_ fields: [String], to buffer: inout ByteBuffer, guardFormulas: Bool = false) {
        var bytes: [UInt8] = []
        append(fields, to: &bytes, guardFormulas: guardFormulas)
        buffer.writeBytes(bytes)
    }

    /// Appends the fields of a customer without a line end. None of them has escapes.
    static func append(
        _ fields: CustomerFields, of bytes: borrowing RawSpan, delimiter: Delimiter, to text: inout [UInt8]
    ) {
        append(bytes, fields.name.range, to: &text)
        text.append(delimiter.byte)
        append(bytes, fields.age.range, to: &text)
        text.append(delimiter.byte)
        append(bytes, fields.cookie.range, to: &text)
        text.append(delimiter.byte)
        append(bytes, fields.bannerID.range, to: &text)
    }

    private static func append(
        _ bytes: borrowing RawSpan, _ cell: Range<Int>, isForced: Bool = false, to text: inout [UInt8]
    ) {
        guard isForced || needsQuotes(bytes, cell) else {
            text.append(bytes, cell)
            return
        }
        text.append(.quote)
        for index in cell {
            if bytes[index] == .quote { text.append(.quote) }
            text.append(bytes[index])
        }
        text.append(.quote)
    }

    /// Any delimiter counts, because the one that a reader expects isn't known; spaces at the ends would be trimmed.
    @inline(__always)
    private static func needsQuotes(_ bytes: borrowing RawSpan, _ cell: Range<Int>) -> Bool {
        guard let last = cell.last else { return false }
        if bytes[cell.lowerBound] == .space || bytes[last] == .space { return true }
        let special = bytes.first(in: cell) { vector in
            vector.equals(ByteVector(repeating: .quote)) | vector.equals(ByteVector(repeating: .lineFeed))
                | vector.equals(ByteVector(repeating: .carriageReturn))
                | vector.equals(ByteVector(repeating: Delimiter.comma.byte))
                | vector.equals(ByteVector(repeating: Delimiter.semicolon.byte))
                | vector.equals(ByteVector(repeating: Delimiter.tab.byte))
                | vector.equals(ByteVector(repeating: Delimiter.pipe.byte))
        }
        return special < cell.upperBound
    }

    private static func isFormula(_ cell: String) -> Bool {
        switch cell.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), .hyphen, UInt8(ascii: "@"), UInt8(ascii: "\t"), .carriageReturn: true
        default: false
        }
    }
}
