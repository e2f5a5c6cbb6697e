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
            guard let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) else {
                return nil
            }
            rest = rest.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
        }
        let end = rest.firstIndex(of: "?") ?? rest.endIndex
        path = end == rest.startIndex ? "/" : rest[..<end]
        query = rest[end...].dropFirst()
        self.authority = authority
    }

    /// All parameters, with percent escapes and `+` undone.
    /// - Throws: `Refusal` with 400 when one stands there twice or its escapes are broken.
    func parameters() throws(Refusal) -> RequestParameters {
        var parameters = RequestParameters()
        for pair in query.split(separator: "&") {
            let key = pair.prefix { $0 != "=" }
            guard let name = String(percentEncoded: key) else {
                throw Refusal(.badRequest, "A parameter's name is not properly encoded.")
            }
            guard let value = String(percentEncoded: pair.dropFirst(key.count + 1)) else {
                throw Refusal(.badRequest, "\(name) is not properly encoded.")
            }
            guard parameters.add(name, value) else { throw Refusal(.badRequest, "\(name) is given twice.") }
        }
        return parameters
    }
}

/// Parameters of a query or fields of a form, in their order.
struct RequestParameters: Sendable {
    private(set) var all: [(name: String, value: String)] = []

    /// Those that may be given several times.
    private static let repeatable: Set<String> = ["column"]

    subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// - Returns: false when it is there already.
    mutating func add(_ name: String, _ value: String) -> Bool {
        guard Self.repeatable.contains(name) || self[name] == nil else { return false }
        all.append((name, value))
        return true
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
