/// Paths of URLs, for comparison (RFC 3986, 6.2.2).
enum URLPath {
    /// The path without dot segments and slashes at its end, with escapes only where they are needed, in upper case.
    static func normalized(_ path: String) -> String {
        var segments: [Substring] = []
        let decoded = unescaped(path)
        for segment in decoded.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            switch segment {
            case ".": break
            case "..": _ = segments.popLast()
            default: segments.append(segment)
            }
        }
        while segments.last?.isEmpty == true { segments.removeLast() }
        return segments.map { "/\($0)" }.joined()
    }

    /// Escapes of characters that need none become these; the others are written in upper case.
    private static func unescaped(_ path: String) -> String {
        var result = ""
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16), rest.count >= 2
            else {
                result.unicodeScalars.append(Unicode.Scalar(byte))
                continue
            }
            rest = rest.dropFirst(2)
            if isUnreserved(code) {
                result.unicodeScalars.append(Unicode.Scalar(code))
            } else {
                let digits = String(code, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
