/// The header of one part of a form.
struct MultipartPartHeader: Hashable, Sendable {
    /// The field's name.
    var name: String
    /// The client's name of the file; `nil` when the part is not a file.
    var fileName: String?
    /// The field `Content-Type` as it stands there.
    var contentType: String?

    init(name: String, fileName: String? = nil, contentType: String? = nil) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
    }

    /// Reads the lines of a part's header.
    init(lines: [[UInt8]]) throws(MultipartError) {
        var disposition: HeaderParameters?
        for bytes in lines {
            guard let line = String(validating: bytes, as: UTF8.self), let colon = line.firstIndex(of: ":"),
                colon != line.startIndex,
                line[..<colon].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { throw .malformedHeader }
            let value = String(line[line.index(after: colon)...].trimmingSpaces)
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil, let read = HeaderParameters(value), read.value.lowercased() == "form-data"
                else { throw .malformedHeader }
                disposition = read
            case "content-type": contentType = value
            case "content-transfer-encoding":
                guard ["7bit", "8bit", "binary"].contains(value.lowercased()) else { throw .encodedPart }
            default: break
            }
        }
        guard let disposition, let name = disposition["name"] else { throw .unnamedPart }
        self.name = name
        fileName = disposition["filename*"].flatMap(Self.decodeExtended) ?? disposition["filename"]
    }

    /// `UTF-8''percent%20encoded`, as RFC 5987 has it; `nil` when it is something else.
    private static func decodeExtended(_ value: String) -> String? {
        let pieces = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0].lowercased() == "utf-8" else { return nil }
        return String(percentEncoded: pieces[2], plusIsSpace: false)
    }
}
