import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import GRDB

/// What a run of stored records means for the failures that they came from.
enum Recovery {
    /// Settles every failure of the records that `run` has delivered, in whichever run it stands.
    static func recover(_ database: Database, deliveredBy run: RunID, sequence: Int, records: Range<Int>) throws {
        for root in try roots(database, of: run, sequence: sequence, records: records).compactMap({ $0 }) {
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(
                        sql: "SELECT run, was_rejected FROM failure WHERE id = ? AND recovered_in IS NULL"),
                    arguments: [root])
            else { continue }
            let wasRejected: Bool = row["was_rejected"]
            try database.cachedStatement(
                sql: "UPDATE failure SET recovered_in = ?2, retrying_in = NULL WHERE id = ?1"
            ).execute(arguments: [root, run.rawValue])
            try database.cachedStatement(
                sql: """
                    UPDATE run SET recovered = recovered + 1, recovered_failed = recovered_failed + ?2 WHERE id = ?1
                    """
            ).execute(arguments: [row["run"] as Int64, wasRejected ? 0 : 1])
            try database.cachedStatement(
                sql: """
                    UPDATE run SET recovered = recovered + 1, recovered_failed = recovered_failed + 1
                    WHERE id IN (SELECT run FROM failure_try WHERE failure = ?)
                    """
            ).execute(arguments: [root])
        }
    }

    /// A record that came from a failure has failed again: it stays that failure, with what is known of it now.
    static func failAgain(_ database: Database, _ root: Int64, in run: RunID, _ failure: NewFailure) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO failure_try (run, failure) VALUES (?, ?)")
            .execute(arguments: [run.rawValue, root])
        guard database.changesCount > 0 else { return }
        try database.cachedStatement(
            sql: """
                UPDATE failure SET kind = ?, reason = NULL, status = ?, message = ?, attempts = attempts + ?,
                    tries = tries + 1, time = ?, name = ?, age = ?, cookie = ?, banner_id = ?
                WHERE id = ? AND recovered_in IS NULL
                """
        ).execute(arguments: [
            failure.kind.rawValue, failure.status, failure.message, failure.attempts, Date().timeIntervalSince1970,
            failure.fields.name, failure.fields.age, failure.fields.cookie, failure.fields.bannerID, root,
        ])
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
    func insert(into database: Database, run: RunID) throws {
        let isRejected = kind == .rejected
        try database.cachedStatement(
            sql: """
                INSERT INTO failure (run, line, kind, reason, status, message, attempts, time, name, age, cookie,
                    banner_id, raw, tries, was_rejected)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run.rawValue, line, kind.rawValue, reason?.rawValue, status, message, attempts,
            Date().timeIntervalSince1970, fields.name, fields.age, fields.cookie, fields.bannerID, raw,
            isRejected ? 0 : 1, isRejected,
        ])
    }
}

extension StoredRecord {
    func insert(into database: Database, run: RunID, position: Int) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO stored_record VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: [
                run.rawValue, position, line, fields.name, fields.age, fields.cookie, fields.bannerID, root,
            ])
    }
}
