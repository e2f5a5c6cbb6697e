/// Reads JSON as RFC 8259 has it, and nothing beyond: no comma after the last element, no comments, no control
/// characters in strings, no broken escapes or UTF-8. What has two meanings in practice is a fault here.
struct JSONReader {
    struct SyntaxError: Error, Hashable {}

    enum Scalar: Hashable {
        case string(String)
        /// As it was written.
        case number(String)
        case bool(Bool)
        case null
        /// An array or an object, which was passed over.
        case container
    }

    /// Arrays and objects within each other, at most.
    private static let deepest = 64

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// The next byte that is not white space, which is not passed.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    /// Passes a byte that is expected after white space.
    mutating func expect(_ byte: UInt8) throws(SyntaxError) {
        guard peek() == byte else { throw SyntaxError() }
        position += 1
    }

    /// Passes a byte after white space if it is there.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Whether only white space is left.
    mutating func isAtEnd() -> Bool { peek() == nil }

    /// Reads a value; of an array or an object it only makes sure that it is one.
    mutating func value(depth: Int = 0) throws(SyntaxError) -> Scalar {
        switch peek() {
        case UInt8(ascii: "\"")?: return .string(try string())
        case UInt8(ascii: "{")?:
            try object(depth: depth)
            return .container
        case UInt8(ascii: "[")?:
            try array(depth: depth)
            return .container
        case UInt8(ascii: "t")?:
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f")?:
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n")?:
            try word("null")
            return .null
        default: return .number(try number())
        }
    }

    /// Reads an object field by field.
    /// - Parameter field: gets each name and has to read the value.
    mutating func fields(_ field: (String, inout JSONReader) throws -> Void) throws {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let name = try name()
            try field(name, &self)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func name() throws(SyntaxError) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw SyntaxError() }
        let name = try string()
        try expect(UInt8(ascii: ":"))
        return name
    }

    private mutating func object(depth: Int) throws(SyntaxError) {
        guard depth < Self.deepest else { throw SyntaxError() }
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            _ = try name()
            _ = try value(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func array(depth: Int) throws(SyntaxError) {
        guard depth < Self.deepest else { throw SyntaxError() }
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { _ = try value(depth: depth + 1) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    private mutating func word(_ word: StaticString) throws(SyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[index] else { throw SyntaxError() }
            position += 1
        }
    }

    private mutating func number() throws(SyntaxError) -> String {
        let start = position
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let first = position
        try digits()
        if position - first > 1, bytes[first] == UInt8(ascii: "0") { throw SyntaxError() }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(SyntaxError) {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard position > start else { throw SyntaxError() }
    }

    // MARK: Strings

    private mutating func string() throws(SyntaxError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = String(validating: bytes[start..<position], as: UTF8.self)
                position += 1
                guard let text else { throw SyntaxError() }
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw SyntaxError()
            default: position += 1
            }
        }
        throw SyntaxError()
    }

    private mutating func escapedString(from start: Int) throws(SyntaxError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw SyntaxError() }
                return text
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case 0..<0x20: throw SyntaxError()
            default: text.append(byte)
            }
        }
        throw SyntaxError()
    }

    private mutating func escape() throws(SyntaxError) -> [UInt8] {
        guard position < bytes.count else { throw SyntaxError() }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw SyntaxError()
        }
        var code = try fourDigits()
        if (0xd800..<0xdc00).contains(code) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw SyntaxError() }
            position += 2
            let low = try fourDigits()
            guard (0xdc00..<0xe000).contains(low) else { throw SyntaxError() }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        // Half a pair is not a character.
        guard let scalar = Unicode.Scalar(code) else { throw SyntaxError() }
        return Array(String(scalar).utf8)
    }

    private mutating func fourDigits() throws(SyntaxError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue else {
                throw SyntaxError()
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
