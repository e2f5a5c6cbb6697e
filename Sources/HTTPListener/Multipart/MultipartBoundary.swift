/// What separates the parts of a form, out of the request's `Content-Type`.
struct MultipartBoundary: Hashable, Sendable {
    let text: String

    /// - Returns: `nil` unless it has 1 to 70 of the characters that RFC 2046 allows, and does not end in a space.
    init?(_ text: String) {
        guard (1...70).contains(text.utf8.count), text.utf8.last != UInt8(ascii: " "),
            text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = text
    }

    /// Reads `multipart/form-data; boundary=…`, quoted or not.
    init?(contentType: String) {
        guard let field = HeaderParameters(contentType), field.value.lowercased() == "multipart/form-data",
            let boundary = field["boundary"]
        else { return nil }
        self.init(boundary)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
