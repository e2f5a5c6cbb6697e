import CustomerRecords
import DeliveryModel
import Foundation
import GRDB

/// What a run of stored records means for the failures that they came from.
enum Recovery {
    /// Settles every failure of the records that `run` has delivered, in whichever run it stands.
    static func recover(_ database: Database, deliveredBy run: RunID, sequence: Int, records: Range<Int>) throws {
        let roots = try roots(database, of: run, sequence: sequence, records: records).compactMap { $0 }
        for root in roots {
            let owners = try Int64.fetchAll(
                database.cachedStatement(
                    sql: "SELECT run FROM failure WHERE (id = ?1 OR root = ?1) AND recovered_in IS NULL"),
                arguments: [root])
            try database.cachedStatement(
                sql: """
                    UPDATE failure SET recovered_in = ?2, retrying_in = NULL
                    WHERE (id = ?1 OR root = ?1) AND recovered_in IS NULL
                    """
            ).execute(arguments: [root, run.rawValue])
            for owner in owners {
                try database.cachedStatement(sql: "UPDATE run SET recovered = recovered + 1 WHERE id = ?")
                    .execute(arguments: [owner])
            }
        }
    }

    /// The failures that the records of a batch came from, in their order; empty when the run's source is a file.
    static func roots(
        _ database: Database, of run: RunID, sequence: Int, records: Range<Int>
    ) throws -> [Int64?] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT stored_record.root FROM stored_record JOIN batch ON batch.run = stored_record.run
                    WHERE batch.run = ?1 AND batch.sequence = ?2
                        AND position >= start_offset + ?3 AND position < start_offset + ?4
                    ORDER BY position
                    """),
            arguments: [run.rawValue, sequence, records.lowerBound, records.upperBound]
        ).map { $0[0] as Int64? }
    }
}

extension NewFailure {
    func insert(into database: Database, run: RunID, root: Int64?) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO failure (run, root, line, kind, reason, status, message, attempts, time, name, age, cookie,
                    banner_id, raw)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run.rawValue, root, line, kind.rawValue, reason?.rawValue, status, message, attempts,
            Date().timeIntervalSince1970, fields.name, fields.age, fields.cookie, fields.bannerID, raw,
        ])
    }
}

extension StoredRecord {
    func insert(into database: Database, run: RunID, position: Int) throws {
        try database.cachedStatement(sql: "INSERT INTO stored_record VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: [
                run.rawValue, position, line, fields.name, fields.age, fields.cookie, fields.bannerID, root,
            ])
    }
}
