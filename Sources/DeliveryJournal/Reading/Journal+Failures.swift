import CustomerRecords
public import DeliveryModel
import GRDB

public import struct Foundation.Date

extension Journal {
    /// Failed and rejected records that no run has delivered since.
    public func failures(
        _ query: FailureQuery, offset: Int = 0, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        let selection = FailureSQL(query)
        return try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM failure WHERE \(selection.condition) ORDER BY \(selection.order) LIMIT ? OFFSET ?",
                arguments: selection.arguments + [limit, offset]
            ).map(FailedRecord.init(row:))
        }
    }

    public func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int {
        let selection = FailureSQL(query)
        // The run alone is in the index; anything else looks at every row.
        let isQuick = query.kinds.isEmpty && query.reason == nil && query.text.isEmpty
        return try await read(with: isQuick ? .rows : .lists) { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM failure WHERE \(selection.condition)",
                arguments: selection.arguments) ?? 0
        }
    }

    /// How many records stand before this one in the query's order; `nil` when it is not among them.
    public func failureIndex(of record: Int64, in query: FailureQuery) async throws(DeliveryError) -> Int? {
        let selection = FailureSQL(query)
        return try await read { database in
            let column = selection.column
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: "SELECT \(column) AS key FROM failure WHERE id = ? AND \(selection.condition)",
                    arguments: [record] + selection.arguments)
            else { return nil }
            let key: DatabaseValue = row["key"]
            let comparison = query.ascending ? "<" : ">"
            return try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM failure WHERE \(selection.condition)
                        AND (\(column) \(comparison) ? OR (\(column) IS ? AND id < ?))
                    """, arguments: selection.arguments + [key, key, record])
        }
    }

    public func failure(_ id: Int64) async throws(DeliveryError) -> FailedRecord? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM failure WHERE id = ?", arguments: [id])
                .map(FailedRecord.init(row:))
        }
    }

    /// Calls `body` with every record of the query, a page at a time, so that a million of them need no memory.
    public func forEachFailure(
        _ query: FailureQuery, _ body: @Sendable (FailedRecord) throws -> Void
    ) async throws(DeliveryError) {
        var offset = 0
        while true {
            let page = try await failures(query, offset: offset, limit: 2000)
            for record in page {
                do { try body(record) } catch { throw describe(error) }
            }
            if page.count < 2000 { return }
            offset += page.count
        }
    }

    /// Failed records, as they were read, of all runs that began between two moments; oldest first.
    public func unsentRecords(from start: Date, to end: Date, after id: Int64) async throws(DeliveryError)
        -> [FailedRecord]
    {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT failure.* FROM failure JOIN run ON run.id = failure.run
                    WHERE root IS NULL AND recovered_in IS NULL AND kind <> 'rejected' AND failure.id > ?
                        AND started_at >= ? AND started_at < ?
                    ORDER BY failure.id LIMIT 2000
                    """, arguments: [id, start.timeIntervalSince1970, end.timeIntervalSince1970]
            ).map(FailedRecord.init(row:))
        }
    }
}

extension FailedRecord {
    init(row: Row) {
        self.init(
            id: row["id"], run: RunID(rawValue: row["run"]), line: row["line"],
            kind: Class(rawValue: row["kind"]) ?? .retryable,
            reason: (row["reason"] as String?).flatMap(ReasonCode.init(rawValue:)), status: row["status"],
            message: row["message"], attempts: row["attempts"], time: Date(timeIntervalSince1970: row["time"]),
            name: row["name"], age: row["age"], cookie: row["cookie"], bannerID: row["banner_id"], raw: row["raw"],
            retryingIn: (row["retrying_in"] as Int64?).map(RunID.init(rawValue:)))
    }
}
