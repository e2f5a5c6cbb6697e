public import DeliveryModel
import GRDB

extension Journal {
    /// Stored records of a run from a position on, in order.
    public func storedRecords(
        of run: RunID, from position: Int, limit: Int
    ) async throws(DeliveryError) -> [StoredRecord] {
        try await read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT * FROM stored_record WHERE run = ? AND position >= ? ORDER BY position LIMIT ?"),
                arguments: [run.rawValue, position, limit]
            ).map { row in
                StoredRecord(
                    line: row["line"],
                    fields: RecordFields(
                        name: row["name"], age: row["age"], cookie: row["cookie"], bannerID: row["banner_id"]),
                    root: row["root"])
            }
        }
    }

    public func storedRecordCount(of run: RunID) async throws(DeliveryError) -> Int {
        try await read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM stored_record WHERE run = ?", arguments: [run.rawValue]) ?? 0
        }
    }

    /// Creates a run of failed records. Each is claimed, so that two retries never send the same one.
    /// - Returns: the run and how many records it holds; `nil` when nothing is left to send.
    public func createRetry(
        _ run: NewRun, of selection: FailureSelection, in origin: RunID
    ) async throws(DeliveryError) -> (run: RunID, records: Int)? {
        try await write { database in
            let (condition, arguments) = Self.retryable(selection, in: origin)
            let ids = try Int64.fetchAll(
                database, sql: "SELECT id FROM failure WHERE \(condition) ORDER BY line, id", arguments: arguments)
            if ids.isEmpty { return nil }
            let id = try run.insert(into: database)
            var seen = Set<Int64>()
            var position = 0
            for failure in ids {
                guard
                    let row = try Row.fetchOne(
                        database.cachedStatement(sql: "SELECT * FROM failure WHERE id = ?"), arguments: [failure])
                else { continue }
                let root: Int64 = (row["root"] as Int64?) ?? failure
                guard seen.insert(root).inserted else { continue }
                let fields = RecordFields(
                    name: row["name"], age: row["age"], cookie: row["cookie"], bannerID: row["banner_id"])
                try StoredRecord(line: row["line"], fields: fields, root: root)
                    .insert(into: database, run: id, position: position)
                try Self.claim(database, root: root, for: id)
                position += 1
            }
            return (id, position)
        }
    }

    /// Creates a run that sends one failed or rejected record with other fields.
    public func createResend(
        _ run: NewRun, of record: Int64, as fields: RecordFields
    ) async throws(DeliveryError) -> RunID {
        try await write { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM failure WHERE id = ? AND recovered_in IS NULL", arguments: [record])
            else { throw DeliveryError(.notFound, "The record is no longer among the failures.") }
            if let other = row["retrying_in"] as Int64? {
                throw DeliveryError(.conflict, "Run \(other) is sending the record already.")
            }
            let id = try run.insert(into: database)
            let root: Int64 = (row["root"] as Int64?) ?? record
            try StoredRecord(line: row["line"], fields: fields, root: root)
                .insert(into: database, run: id, position: 0)
            try Self.claim(database, root: root, for: id)
            return id
        }
    }

    private static func claim(_ database: Database, root: Int64, for run: RunID) throws {
        try database.cachedStatement(
            sql: "UPDATE failure SET retrying_in = ?2 WHERE (id = ?1 OR root = ?1) AND recovered_in IS NULL"
        ).execute(arguments: [root, run.rawValue])
    }

    private static func retryable(
        _ selection: FailureSelection, in origin: RunID
    ) -> (condition: String, arguments: StatementArguments) {
        let open = "recovered_in IS NULL AND retrying_in IS NULL AND kind <> 'rejected' AND run = ?"
        switch selection {
        case .matching(let query):
            let sql = FailureSQL(query)
            return ("\(open) AND \(sql.condition)", [origin.rawValue] + sql.arguments)
        case .records(let ids):
            return (
                "\(open) AND id IN (SELECT value FROM json_each(?))",
                [origin.rawValue, "[" + ids.map(String.init).joined(separator: ",") + "]"]
            )
        }
    }
}
