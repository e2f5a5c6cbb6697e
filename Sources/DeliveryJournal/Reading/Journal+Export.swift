public import DeliveryStore
import GRDB

extension Journal: StoreExport {
    public func rows(of table: String, _ body: ([String: ExportedValue]) throws -> Void) throws {
        try queue.read { database in
            guard try database.tableExists(table) else { return }
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM \(table.quotedDatabaseIdentifier)")
            while let row = try rows.next() {
                try body(
                    Dictionary(row.map { ($0, ExportedValue($1)) }) { first, _ in first })
            }
        }
    }
}

extension ExportedValue {
    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let value): .integer(value)
            case .double(let value): .real(value)
            case .string(let text): .text(text)
            case .blob(let data): .bytes(Array(data))
            }
    }
}
