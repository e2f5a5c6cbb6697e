import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB

extension Journal {
    public func storedRecords(
        of run: RunID, from position: Int, limit: Int
    ) async throws(DeliveryError) -> [StoredRecord] {
        try await read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT * FROM stored_record WHERE run = ? AND position >= ? ORDER BY position LIMIT ?"),
                arguments: [run.rawValue, position, limit]
            ).map { row in
                StoredRecord(line: row["line"], fields: RecordFields(row: row), root: row["root"])
            }
        }
    }

    public func storedRecordCount(of run: RunID) async throws(DeliveryError) -> Int {
        try await read { try Self.storedRecordCount($0, of: run) }
    }

    static func storedRecordCount(_ database: Database, of run: RunID) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT count(*) FROM stored_record WHERE run = ?", arguments: [run.rawValue]) ?? 0
    }

    public func deliveries(
        of content: ContentIdentity, for binding: RunBinding
    ) async throws(DeliveryError) -> [ContentDelivery] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT run, options, sent_at FROM content WHERE hash = ? AND api = ? ORDER BY run DESC",
                arguments: [Data(content.hash), binding.api]
            ).map { row in
                ContentDelivery(
                    run: RunID(rawValue: row["run"]), options: try JSONText.decode(from: row["options"]),
                    lacksRecords: row["sent_at"] < 0.0)
            }
        }
    }
}

extension RecordFields {
    /// Of a row of `failure` or `stored_record`.
    init(row: Row) {
        self.init(name: row["name"], age: row["age"], cookie: row["cookie"], bannerID: row["banner_id"])
    }
}
