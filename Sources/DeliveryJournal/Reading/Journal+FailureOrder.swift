import CustomerRecords
public import DeliveryModel
import GRDB

extension Journal {
    /// With these ids a list of a million records is paged by looking up those of one page, instead of sorting and
    /// counting all of them again.
    public func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64] {
        try await read(with: .lists) { database in
            let selection = try FailureSQL(query, database)
            return try Int64.fetchAll(
                database, sql: "SELECT id FROM failure WHERE \(selection.condition) ORDER BY \(selection.order)",
                arguments: selection.arguments)
        }
    }

    public func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord] {
        let known = try await read { database in
            var records: [Int64: FailedRecord] = [:]
            // SQLite takes 32,766 arguments in a statement.
            for start in stride(from: 0, to: ids.count, by: 10_000) {
                let part = ids[start..<min(ids.count, start + 10_000)]
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT * FROM failure WHERE id IN (\(databaseQuestionMarks(count: part.count)))",
                    arguments: StatementArguments(part))
                while let row = try rows.next() { records[row["id"]] = FailedRecord(row: row) }
            }
            return records
        }
        return ids.compactMap { known[$0] }
    }
}
