public import DeliveryModel
import DeliveryStore
import GRDB

extension Journal {
    /// A few at a time, so that no commit waits for long.
    public func clearDeliveredRecords() async throws(DeliveryError) {
        var last: Int64 = 0
        while let (run, isOpen) = try await runWithRecords(after: last) {
            if !isOpen {
                while try await write({ try StoredRecord.clearSome($0, of: RunID(rawValue: run)) }) {}
            }
            last = run
        }
    }

    private func runWithRecords(after last: Int64) async throws(DeliveryError) -> (run: Int64, isOpen: Bool)? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT id, is_open FROM run WHERE id = (SELECT min(run) FROM stored_record WHERE run > ?)",
                arguments: [last]
            ).map { ($0["id"], $0["is_open"]) }
        }
    }
}

extension StoredRecord {
    /// Removes the first thousand stored records of a run, unless it was opened again for more.
    /// - Returns: whether there were any.
    static func clearSome(_ database: Database, of run: RunID) throws -> Bool {
        try database.cachedStatement(
            sql: """
                DELETE FROM stored_record WHERE run = ?1
                    AND position < (SELECT min(position) FROM stored_record WHERE run = ?1) + 1000
                    AND NOT (SELECT is_open FROM run WHERE id = ?1)
                """
        ).execute(arguments: [run.rawValue])
        return database.changesCount > 0
    }
}
