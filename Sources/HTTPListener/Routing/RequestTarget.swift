import NIOHTTP1

/// The path and the query of a request's target, in origin or absolute form.
struct RequestTarget {
    let path: Substring
    /// Of an absolute target only.
    let authority: Substring?
    private let query: Substring

    /// - Returns: `nil` when the target is of a form that no route has.
    init?(_ target: String) {
        var rest = target[...]
        var authority: Substring?
        if !rest.hasPrefix("/") {
            guard rest.prefix(7).lowercased() == "http://" else { return nil }
            rest = rest.dropFirst(7)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
        }
        let end = rest.firstIndex(of: "?") ?? rest.endIndex
        path = end == rest.startIndex ? "/" : rest[..<end]
        query = rest[end...].dropFirst()
        self.authority = authority
    }

    /// The value of a parameter, with percent escapes and `+` undone; `nil` when it is not there.
    /// - Throws: `Refusal` with 400 when it stands there twice or its escapes are broken.
    func parameter(_ name: String) throws(Refusal) -> String? {
        if query.isEmpty { return nil }
        var value: String?
        for pair in query.split(separator: "&") {
            let key = pair.prefix { $0 != "=" }
            guard key == name else { continue }
            guard value == nil else { throw Refusal(.badRequest, "\(name) is given twice.") }
            guard let decoded = String(percentEncoded: pair.dropFirst(key.count + 1)) else {
                throw Refusal(.badRequest, "\(name) is not properly encoded.")
            }
            value = decoded
        }
        return value
    }
}

extension String {
    /// Undoes percent escapes and reads `+` as a space, as forms are encoded.
    init?(percentEncoded text: Substring, plusIsSpace: Bool = true) {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap({ Character(UnicodeScalar($0)).hexDigitValue }),
                    let low = rest.popFirst().flatMap({ Character(UnicodeScalar($0)).hexDigitValue })
                else { return nil }
                bytes.append(UInt8(high << 4 | low))
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self = text
    }
}
