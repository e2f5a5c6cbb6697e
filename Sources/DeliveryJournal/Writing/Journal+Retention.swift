public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB

extension Journal {
    public func forgettableRuns(
        _ rule: RetentionRule, limit: Int
    ) async throws(DeliveryError) -> [ForgettableRun] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, path, owns_path, fingerprint, local_day, \(Self.undelivered) > 0 AS has_unsent FROM run
                    WHERE \(Self.isPastItsTime) ORDER BY ifnull(ended_at, started_at) LIMIT ?4
                    """, arguments: Self.arguments(rule) + [limit]
            ).map { row in
                ForgettableRun(
                    id: RunID(rawValue: row["id"]), location: try LocatedSource(row: row).location,
                    unsentDay: row["has_unsent"] ? (row["local_day"] as String?).map(LocalDay.init(rawValue:)) : nil)
            }
        }
    }

    public func forgetSomeRecords(of run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool {
        try await write { database in
            guard try Self.isPastItsTime(database, run, rule) else { return false }
            for sql in Self.removals {
                try database.cachedStatement(sql: sql).execute(arguments: [run.rawValue])
                if database.changesCount > 0 { return true }
            }
            return false
        }
    }

    public func forgetRun(_ run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool {
        try await write { database in
            guard try Self.isPastItsTime(database, run, rule),
                try Bool.fetchOne(database, sql: Self.hasRecords, arguments: [run.rawValue]) == false
            else { return false }
            // The run's own sums are among the totals since it ended; those of its batches are not.
            let sums = (Self.reasons + ["sent", "failed"]).map { column in
                "\(column) = \(column) + (SELECT total(\(column)) FROM batch WHERE run = ?1)"
            }
            try database.execute(
                sql: """
                    UPDATE content SET sent_at = -abs(sent_at)
                    WHERE run = ?1 AND (SELECT \(Self.undelivered) > 0 FROM run WHERE id = ?1)
                    """, arguments: [run.rawValue])
            try database.execute(
                sql: "UPDATE total SET \(sums.joined(separator: ", "))", arguments: [run.rawValue])
            for table in ["part", "batch"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run.rawValue])
            }
            try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [run.rawValue])
            return database.changesCount > 0
        }
    }

    /// Asked again in each commit: somebody may have begun to deliver what failed.
    private static func isPastItsTime(_ database: Database, _ run: RunID, _ rule: RetentionRule) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT \(isPastItsTime) FROM run WHERE id = ?4"),
            arguments: arguments(rule) + [run.rawValue]) ?? false
    }

    private static let hasRecords = """
        SELECT EXISTS (SELECT 1 FROM failure WHERE run = ?1) OR EXISTS (SELECT 1 FROM failure_try WHERE run = ?1)
            OR EXISTS (SELECT 1 FROM stored_record WHERE run = ?1)
        """

    /// One a step, until it finds nothing more.
    private static let removals = [
        """
        DELETE FROM failure_try WHERE failure IN (SELECT id FROM failure WHERE run = ?1 ORDER BY id LIMIT \(step))
            AND run <> ?1
        """,
        "DELETE FROM failure WHERE id IN (SELECT id FROM failure WHERE run = ?1 ORDER BY id LIMIT \(step))",
        """
        DELETE FROM failure_try WHERE run = ?1
            AND failure IN (SELECT failure FROM failure_try WHERE run = ?1 LIMIT \(step))
        """,
        """
        DELETE FROM stored_record WHERE run = ?1
            AND position < (SELECT min(position) FROM stored_record WHERE run = ?1) + \(step)
        """,
    ]
    /// Rows that are removed in one commit.
    static let step = 500

    public func giveBackSomeSpace() async throws(DeliveryError) -> Bool {
        do {
            return try await queue.writeWithoutTransaction { database in
                let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                guard free > 0 else {
                    try Self.emptyLog(database)
                    return false
                }
                try database.execute(sql: "PRAGMA incremental_vacuum(\(Self.pages))")
                let left = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                // A file that was created without this can't shrink.
                return left < free
            }
        } catch {
            throw describe(error)
        }
    }

    /// Pages that are given back in one commit.
    private static let pages = 128

    /// The log holds what was removed until it is written over. Whoever reads now keeps it as it is: nobody is waited
    /// for.
    private static func emptyLog(_ database: Database) throws {
        try database.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? database.execute(sql: "PRAGMA busy_timeout = 2000") }
        try? database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }

    private static let undelivered = """
        failed + (SELECT total(batch.failed) FROM batch WHERE batch.run = run.id) - recovered_failed - dismissed
        """

    /// Of a row of `run`; the arguments are the rule's.
    private static let isPastItsTime = """
        NOT is_open AND ifnull(ended_at, started_at) < ?1
            AND (\(undelivered) <= 0 OR ifnull(ended_at, started_at) < ?2)
            AND (ifnull(ended_at, started_at) < ?3
                OR run.id NOT IN (SELECT run FROM idempotency WHERE run IS NOT NULL))
            AND NOT EXISTS (SELECT 1 FROM failure WHERE failure.run = run.id AND retrying_in IS NOT NULL)
        """

    private static func arguments(_ rule: RetentionRule) -> StatementArguments {
        [
            rule.endedBefore.timeIntervalSince1970, rule.undeliveredBefore?.timeIntervalSince1970,
            rule.keyedBefore.timeIntervalSince1970,
        ]
    }
}
