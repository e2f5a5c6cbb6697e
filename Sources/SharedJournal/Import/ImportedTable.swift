#if PostgreSQL
import DeliveryStore

/// Rows of another store on their way into a table of this one: numbers of runs and failures get new ones, and columns
/// that the table doesn't have are left out.
struct ImportedTable {
    let name: String
    /// The columns that the table has, with their types.
    private let types: [String: String]
    private let conflict: String
    private var waiting: [Statement] = []
    private(set) var count = 0

    private static let rowsAtOnce = 500

    /// - Parameter conflict: what becomes of a row that is there already.
    init(_ name: String, _ session: Session, conflict: String = "") throws {
        self.name = name
        self.conflict = conflict
        let columns = try session.run(
            """
            SELECT attname, atttypid::regtype::text AS type FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
            """, [.text(name)])
        types = Dictionary(columns.rows.map { ($0.text("attname"), $0.text("type")) }) { first, _ in first }
    }

    mutating func add(_ row: [String: ExportedValue], _ session: Session) throws {
        let columns = row.keys.filter { types[$0] != nil }.sorted()
        let places = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let values = columns.map { Value(row[$0] ?? .null, as: types[$0] ?? "") }
        let quoted = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        waiting.append(Statement("INSERT INTO \(name) (\(quoted)) VALUES (\(places)) \(conflict)", values))
        count += 1
        if waiting.count >= Self.rowsAtOnce { try finish(session) }
    }

    mutating func finish(_ session: Session) throws {
        guard !waiting.isEmpty else { return }
        _ = try session.run(waiting)
        waiting = []
    }
}

extension Value {
    fileprivate init(_ value: ExportedValue, as type: String) {
        self =
            switch value {
            case .null: .null
            case .integer(let value): type == "boolean" ? .boolean(value != 0) : .integer(value)
            case .real(let value): .double(value)
            case .text(let text): .text(orNull: text)
            case .bytes(let bytes): .bytes(bytes)
            }
    }
}
#endif
