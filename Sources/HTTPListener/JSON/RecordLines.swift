import CustomerRecords

/// Writes JSON elements as the lines of a CSV file without a header, so that the number of an element is the number of
/// its line. One that is not a record becomes a line of two fields, which the reader rejects as malformed: what is wrong with
/// the element, and the element itself.
struct RecordLines {
    private let names: KnownNames

    /// Why an element is not a record.
    private struct RejectedElement: Error {
        var reason: String

        init(_ reason: String) { self.reason = reason }
    }

    init(unknown: KnownNames.Unknown) {
        names = KnownNames(RecordSubmission.names, unknown: unknown)
    }

    /// - Throws: `JSONReader.SyntaxError` when the element is not JSON.
    func line(_ element: RecordStream.Element) throws -> [UInt8] {
        switch element {
        case .blank: return [0x0a]
        case .tooLong: return Self.malformed("longer than a record may be", "")
        case .whole(let bytes):
            do {
                return try Self.line(of: record(bytes))
            } catch let fault as RejectedElement {
                let text = bytes.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
                return Self.malformed(fault.reason, String(decoding: text, as: UTF8.self))
            }
        }
    }

    /// - Throws: `RejectedElement`, or `JSONReader.SyntaxError`.
    private func record(_ bytes: [UInt8]) throws -> RecordFields {
        var reader = JSONReader(bytes)
        do {
            let record = try RecordSubmission(&reader, names: names)
            guard reader.isAtEnd() else { throw JSONReader.SyntaxError() }
            // A filter holds for the whole run; one beside a record would be ignored.
            guard record.minimumAge == nil, record.maximumAge == nil else {
                throw RejectedElement("min_age and max_age belong in the query")
            }
            return record.fields
        } catch let fault as RejectedElement {
            throw fault
        } catch {
            // Is it JSON at least?
            var whole = JSONReader(bytes)
            _ = try whole.value()
            guard whole.isAtEnd() else { throw JSONReader.SyntaxError() }
            guard let refusal = error as? Refusal else {
                throw RejectedElement(
                    "not an object with the texts name and cookie and the whole numbers age and banner_id")
            }
            throw RejectedElement(refusal.message)
        }
    }

    private static func line(of fields: RecordFields) throws(RejectedElement) -> [UInt8] {
        var line: [UInt8] = []
        for (index, field) in fields.texts.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            // Within quotes lines would be counted, too.
            guard field.utf8.allSatisfy({ $0 != 0x0a && $0 != 0x0d }) else {
                throw RejectedElement("a field contains a line break")
            }
            append(field.utf8, to: &line)
        }
        line.append(0x0a)
        return line
    }

    private static func malformed(_ reason: String, _ element: String) -> [UInt8] {
        var line: [UInt8] = []
        append(reason.utf8, to: &line)
        line.append(UInt8(ascii: ","))
        append(element.utf8, to: &line)
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
