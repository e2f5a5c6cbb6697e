/// All that a store holds, row by row, for another store that takes it in.
public protocol StoreExport: Sendable {
    /// Reads the rows of a table, in no particular order; none of a table that the store doesn't have.
    func rows(of table: String, _ body: ([String: ExportedValue]) throws -> Void) throws
}

/// A value of a column.
public enum ExportedValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    /// The number; `nil` for anything else.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The text; `nil` for anything else.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
}
