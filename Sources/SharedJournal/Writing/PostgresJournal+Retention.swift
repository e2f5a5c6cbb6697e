#if PostgreSQL
import CustomerRecords
public import DeliveryModel
public import DeliveryStore
public import Foundation

extension PostgresJournal {
    /// Rows that are removed in one commit.
    static let step = 500

    /// A few at a time, so that no commit waits for long. A run is locked meanwhile: nobody opens it again for more.
    public func clearDeliveredRecords() async throws(DeliveryError) {
        while try await write({ session, _ in
            let run = try session.run(
                """
                SELECT run.id FROM run WHERE NOT is_open
                    AND EXISTS (SELECT 1 FROM stored_record WHERE stored_record.run = run.id) LIMIT 1 FOR UPDATE
                """
            ).rows.first?.integer("id")
            guard let run else { return false }
            try session.run("SELECT clear_records($1)", [.integer(run)])
            return true
        }) {}
    }

    public func forgettableRuns(_ rule: RetentionRule, limit: Int) async throws(DeliveryError) -> [ForgettableRun] {
        try await read(isLong: true) { session in
            try session.run(
                """
                SELECT id, path, owns_path, fingerprint, local_day, \(Self.undelivered) > 0 AS has_unsent FROM run
                WHERE \(Self.isPastItsTime) ORDER BY coalesce(ended_at, started_at) LIMIT $4
                """, Self.values(rule) + [Value(limit)]
            ).rows.map { row in
                ForgettableRun(
                    id: RunID(rawValue: row.integer("id") ?? 0), location: try LocatedSource(row: row).location,
                    unsentDay: row.bool("has_unsent") ? row.string("local_day").map(LocalDay.init(rawValue:)) : nil)
            }
        }
    }

    public func forgetSomeRecords(of run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool {
        try await write { session, _ in
            guard try Self.isPastItsTime(session, run, rule) else { return false }
            for sql in Self.removals where try session.run(sql, [Value(run)]).count > 0 { return true }
            return false
        }
    }

    public func forgetRun(_ run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool {
        try await write { session, _ in
            let hasRecords = """
                SELECT 1 WHERE EXISTS (SELECT 1 FROM failure WHERE run = $1)
                    OR EXISTS (SELECT 1 FROM failure_try WHERE run = $1)
                    OR EXISTS (SELECT 1 FROM stored_record WHERE run = $1)
                """
            guard try Self.isPastItsTime(session, run, rule), try session.run(hasRecords, [Value(run)]).count == 0
            else { return false }
            // The run's own sums are among the totals since it ended; those of its batches are not.
            let sums = RunColumns.list(RunColumns.reasons + ["sent", "failed"]) { column in
                "\(column) = \(column) + (SELECT coalesce(sum(batch.\(column)), 0) FROM batch WHERE run = $1)"
            }
            try session.run(
                """
                UPDATE content SET sent_at = -abs(sent_at)
                WHERE run = $1 AND (SELECT \(Self.undelivered) > 0 FROM run WHERE id = $1)
                """, [Value(run)])
            try session.run("UPDATE total SET \(sums)", [Value(run)])
            for table in ["part", "batch"] { try session.run("DELETE FROM \(table) WHERE run = $1", [Value(run)]) }
            try session.run(
                "DELETE FROM source_chunk WHERE source = (SELECT creation FROM run WHERE id = $1)", [Value(run)])
            return try session.run("DELETE FROM run WHERE id = $1", [Value(run)]).count > 0
        }
    }

    /// PostgreSQL gives back space by itself.
    public func giveBackSomeSpace() async throws(DeliveryError) -> Bool { false }

    /// Asked again in each commit: somebody may have begun to deliver what failed.
    private static func isPastItsTime(_ session: Session, _ run: RunID, _ rule: RetentionRule) throws -> Bool {
        try session.run("SELECT \(isPastItsTime) AS is_past FROM run WHERE id = $4", values(rule) + [Value(run)])
            .rows.first?.bool("is_past") ?? false
    }

    /// One a step, until it finds nothing more.
    private static let removals = [
        """
        DELETE FROM failure_try WHERE failure IN (SELECT id FROM failure WHERE run = $1 ORDER BY id LIMIT \(step))
            AND run <> $1
        """,
        "DELETE FROM failure WHERE id IN (SELECT id FROM failure WHERE run = $1 ORDER BY id LIMIT \(step))",
        """
        DELETE FROM failure_try WHERE run = $1
            AND failure IN (SELECT failure FROM failure_try WHERE run = $1 LIMIT \(step))
        """,
        """
        DELETE FROM stored_record WHERE run = $1
            AND position < (SELECT min(position) FROM stored_record WHERE run = $1) + \(step)
        """,
    ]

    private static let undelivered = """
        failed + (SELECT coalesce(sum(batch.failed), 0) FROM batch WHERE batch.run = run.id) - recovered_failed
            - dismissed
        """

    /// Of a row of `run`; the parameters are the rule's.
    private static let isPastItsTime = """
        (NOT is_open AND coalesce(ended_at, started_at) < $1
            AND (\(undelivered) <= 0 OR coalesce(coalesce(ended_at, started_at) < $2, false))
            AND (coalesce(ended_at, started_at) < $3
                OR run.id NOT IN (SELECT run FROM idempotency WHERE run IS NOT NULL))
            AND NOT EXISTS (SELECT 1 FROM failure WHERE failure.run = run.id AND retrying_in IS NOT NULL))
        """

    private static func values(_ rule: RetentionRule) -> [Value] {
        [.time(rule.endedBefore), .time(rule.undeliveredBefore), .time(rule.keyedBefore)]
    }

    public func forgetSomeKeys(answeredBefore oldest: Date) async throws(DeliveryError) -> Bool {
        try await write { session, _ in
            try session.run(
                """
                DELETE FROM idempotency WHERE key IN (
                    SELECT key FROM idempotency LEFT JOIN run ON run.id = idempotency.run
                    WHERE created < $1 AND (
                        idempotency.run IS NULL OR run.id IS NULL OR (NOT is_open AND ended_at < $1))
                    LIMIT \(Self.step)
                )
                """, [.time(oldest)]
            ).count == Self.step
        }
    }

    public func forgetSomeAudit(before oldest: Date, countsBefore: Date) async throws(DeliveryError) -> Bool {
        try await write { session, _ in
            try session.run("DELETE FROM sent_period WHERE period < $1", [Value(SentPeriod.number(of: countsBefore))])
            return try session.run(
                "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT \(Self.step))",
                [.time(oldest)]
            ).count == Self.step
        }
    }
}
#endif
