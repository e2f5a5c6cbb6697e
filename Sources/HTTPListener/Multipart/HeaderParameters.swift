/// A header field of the form `value; name=value; name="quoted value"`.
struct HeaderParameters {
    let value: String
    private var parameters: [String: String] = [:]

    subscript(name: String) -> String? { parameters[name] }

    /// - Returns: `nil` when it is not of that form, or names a parameter twice.
    init?(_ field: String) {
        var rest = field.utf8[...]
        value = String(Self.take(&rest) { $0 != UInt8(ascii: ";") }).trimmed
        while rest.popFirst() != nil {
            let name = String(Self.take(&rest) { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }).trimmed
                .lowercased()
            guard rest.first == UInt8(ascii: "=") else {
                if name.isEmpty { continue }
                return nil
            }
            rest.removeFirst()
            while let byte = rest.first, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { rest.removeFirst() }
            let parameter: String
            if rest.first == UInt8(ascii: "\"") {
                guard let quoted = Self.takeQuoted(&rest) else { return nil }
                parameter = quoted
                let padding = String(Self.take(&rest) { $0 != UInt8(ascii: ";") })
                guard padding.trimmed.isEmpty else { return nil }
            } else {
                parameter = String(Self.take(&rest) { $0 != UInt8(ascii: ";") }).trimmed
            }
            guard !name.isEmpty, parameters.updateValue(parameter, forKey: name) == nil else { return nil }
        }
    }

    private static func take(_ rest: inout Substring.UTF8View, while belongs: (UInt8) -> Bool) -> Substring {
        let taken = rest.prefix(while: belongs)
        rest = rest[taken.endIndex...]
        return Substring(taken)
    }

    /// A backslash escapes a quote and a backslash. Before anything else it stands for itself: some clients send
    /// whole Windows paths without escaping them.
    private static func takeQuoted(_ rest: inout Substring.UTF8View) -> String? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                if let next = rest.first, next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") {
                    bytes.append(next)
                    rest.removeFirst()
                } else {
                    bytes.append(byte)
                }
            default: bytes.append(byte)
            }
        }
        return nil
    }
}

extension String {
    fileprivate var trimmed: String { String(self[...].trimmingSpaces) }
}
