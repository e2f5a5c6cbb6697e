#if PostgreSQL
import Foundation

/// A parameter of a statement. PostgreSQL finds its type from where it stands.
enum Value: Sendable {
    case null
    case text(String)
    case bytes([UInt8])
    case integer(Int64)
    case double(Double)
    case boolean(Bool)

    /// PostgreSQL's text holds everything but NUL: a record that has one keeps its place with a visible sign.
    static func text(orNull text: String?) -> Value {
        guard let text else { return .null }
        return .text(text.utf8.contains(0) ? text.replacingOccurrences(of: "\0", with: nulSign) : text)
    }

    static func integer(orNull value: Int64?) -> Value { value.map { .integer($0) } ?? .null }
    static func time(_ date: Date?) -> Value { date.map { .double($0.timeIntervalSince1970) } ?? .null }

    /// A small value that is kept as JSON.
    static func json(_ value: some Encodable) throws -> Value {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return .text(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static func array(_ values: [Int64]) -> Value { .text("{" + values.map(String.init).joined(separator: ",") + "}") }

    static func array(_ texts: [String?]) -> Value {
        var literal: [UInt8] = [UInt8(ascii: "{")]
        for (place, text) in texts.enumerated() {
            if place > 0 { literal.append(UInt8(ascii: ",")) }
            guard let text else {
                literal += Array("NULL".utf8)
                continue
            }
            literal.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                switch byte {
                case 0: literal += Array(nulSign.utf8)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += [UInt8(ascii: "\\"), byte]
                default: literal.append(byte)
                }
            }
            literal.append(UInt8(ascii: "\""))
        }
        literal.append(UInt8(ascii: "}"))
        return .text(String(decoding: literal, as: UTF8.self))
    }

    /// Stands for a NUL, which PostgreSQL's text can't hold.
    private static let nulSign = "\u{2400}"

    /// As it is sent: bytes as they are, anything else as text; `nil` is NULL.
    var encoded: (bytes: [UInt8], isBinary: Bool)? {
        switch self {
        case .null: nil
        case .text(let text): (Array(text.utf8), false)
        case .bytes(let bytes): (bytes, true)
        case .integer(let value): (Array(String(value).utf8), false)
        case .double(let value): (Array(String(value).utf8), false)
        case .boolean(let value): (Array((value ? "t" : "f").utf8), false)
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(_ value: Int) { self = .integer(Int64(value)) }
}

/// Collects a statement's parameters and gives each its place.
struct Parameters {
    private(set) var values: [Value] = []

    mutating func add(_ value: Value) -> String {
        values.append(value)
        return "$\(values.count)"
    }
}

/// A statement and its parameters. Equal texts share one prepared statement.
struct Statement: Sendable {
    var sql: String
    var values: [Value]

    init(_ sql: String, _ values: [Value] = []) {
        self.sql = sql
        self.values = values
    }
}
#endif
