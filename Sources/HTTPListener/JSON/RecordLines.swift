import CustomerRecords

/// Writes JSON elements as the lines of a CSV file without a header, so that the number of an element is the number of
/// its line. One that is not a record becomes a line of one field, which the reader rejects as malformed.
struct RecordLines {
    private let names: KnownNames

    init(unknown: KnownNames.Unknown) {
        names = KnownNames(RecordSubmission.names, unknown: unknown)
    }

    /// - Throws: `JSONReader.SyntaxError` when the element is not JSON.
    func line(_ element: RecordStream.Element) throws -> [UInt8] {
        switch element {
        case .blank: return [0x0a]
        case .tooLong: return Self.malformed(Array("longer than a record may be".utf8))
        case .whole(let bytes):
            // A filter holds for the whole run; one beside a record would be ignored.
            guard let record = try record(bytes), record.minimumAge == nil, record.maximumAge == nil else {
                return Self.malformed(bytes)
            }
            var line: [UInt8] = []
            for (index, field) in record.fields.texts.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                // Within quotes lines would be counted, too.
                guard field.utf8.allSatisfy({ $0 != 0x0a && $0 != 0x0d }) else { return Self.malformed(bytes) }
                Self.append(field.utf8, to: &line)
            }
            line.append(0x0a)
            return line
        }
    }

    private func record(_ bytes: [UInt8]) throws -> RecordSubmission? {
        var reader = JSONReader(bytes)
        do {
            let record = try RecordSubmission(&reader, names: names)
            guard reader.isAtEnd() else { throw JSONReader.SyntaxError() }
            return record
        } catch {
            // It is not a record; is it JSON?
            var whole = JSONReader(bytes)
            _ = try whole.value()
            guard whole.isAtEnd() else { throw JSONReader.SyntaxError() }
            return nil
        }
    }

    private static func malformed(_ bytes: [UInt8]) -> [UInt8] {
        var line: [UInt8] = []
        append(bytes.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }, to: &line)
        line.append(0x0a)
        return line
    }

    private static func append(_ field: some Sequence<UInt8>, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in field {
            if byte == UInt8(ascii: "\"") { line.append(byte) }
            line.append(byte)
        }
        line.append(UInt8(ascii: "\""))
    }
}
