#if PostgreSQL
import Foundation

/// What a statement answered.
struct QueryResult {
    var rows: [Row]
    /// Rows that it changed, or found.
    var count: Int
}

/// One row, by the names of its columns. What a column holds is known from the statement; a value of another type is a
/// fault of this program and reads as an empty one.
struct Row {
    let columns: [String: Int]
    let values: [String?]

    func string(_ name: String) -> String? { columns[name].flatMap { values[$0] } }
    func text(_ name: String) -> String { string(name) ?? "" }
    func integer(_ name: String) -> Int64? { string(name).flatMap { Int64($0) } }
    func int(_ name: String) -> Int { integer(name).map(Int.init) ?? 0 }
    func double(_ name: String) -> Double? { string(name).flatMap(Double.init) }
    func bool(_ name: String) -> Bool { string(name) == "t" }
    func date(_ name: String) -> Date? { double(name).map(Date.init(timeIntervalSince1970:)) }

    func json<Decoded: Decodable>(_ name: String, as type: Decoded.Type = Decoded.self) throws -> Decoded {
        try JSONDecoder().decode(type, from: Data(text(name).utf8))
    }

    /// Bytes come as `\x` and two digits each.
    func bytes(_ name: String) -> [UInt8]? {
        guard let text = string(name), text.hasPrefix("\\x") else { return nil }
        func digit(_ byte: UInt8) -> UInt8 { byte < 0x3A ? byte - 0x30 : byte - 0x57 }
        let digits = Array(text.utf8.dropFirst(2))
        return stride(from: 0, to: digits.count - 1, by: 2).map { digit(digits[$0]) << 4 | digit(digits[$0 + 1]) }
    }
}
#endif
