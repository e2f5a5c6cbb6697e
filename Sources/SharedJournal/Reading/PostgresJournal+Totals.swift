#if PostgreSQL
import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

extension PostgresJournal {
    /// The running sums of what has its end, and those of what is open.
    public func totals() async throws(DeliveryError) -> StoreTotals {
        try await read(isLong: true) { session in
            var totals = StoreTotals()
            try Self.addSums(session, to: &totals)
            let statuses = try session.run(
                """
                SELECT key, sum(value) AS count FROM (
                    SELECT status AS key, count AS value FROM total_status UNION ALL
                    SELECT s.key, s.value::bigint FROM run, json_each_text(run.statuses::json) AS s
                        WHERE is_open AND statuses <> '{}'
                ) AS all_statuses GROUP BY key
                """)
            for row in statuses.rows { totals.statuses[row.text("key")] = row.int("count") }
            for row in try session.run("SELECT state, count FROM total_state WHERE count > 0").rows {
                totals.runs[Self.word(row.text("state")), default: 0] += row.int("count")
            }
            return totals
        }
    }

    private static func addSums(_ session: Session, to totals: inout StoreTotals) throws {
        func sums(_ columns: [String], _ table: String) -> String {
            RunColumns.list(columns) { "coalesce(sum(\($0)), 0)::double precision AS \($0)" } + " FROM \(table)"
        }
        let counted = RunColumns.reasons + ["sent", "failed"]
        let open = try session.run(
            """
            SELECT state, count(*) AS runs,
                min(CASE WHEN hold = 'discarded' THEN NULL ELSE started_at END) AS oldest,
                \(sums(RunColumns.summed, "run")) WHERE is_open GROUP BY state
            """
        ).rows
        for row in open {
            let state: RunState = try row.json("state")
            totals.runs[state.word, default: 0] += row.int("runs")
            guard let oldest = row.date("oldest") else { continue }
            totals.oldestPending = min(totals.oldestPending ?? oldest, oldest)
        }
        let closed = try session.run("SELECT * FROM total").rows.first
        let batches = try session.run(
            """
            SELECT coalesce(sum(records - sent - failed), 0)::double precision AS pending, \(sums(counted, "batch"))
            """
        ).rows.first
        func sum(_ column: String) -> Int {
            let rows = open + [closed, counted.contains(column) ? batches : nil].compactMap { $0 }
            return rows.reduce(0) { $0 + Int($1.double(column) ?? 0) }
        }
        let stored = try session.run(storedPendingSQL).rows.first?.int("count") ?? 0
        totals.take(pending: Int(batches?.double("pending") ?? 0) + stored, sum)
    }

    /// Stored records of open runs that are in no batch yet.
    private static let storedPendingSQL = """
        SELECT coalesce(sum(count), 0) AS count FROM (
            SELECT (SELECT count(*) FROM stored_record WHERE stored_record.run = run.id AND position >= coalesce(
                (SELECT max(end_offset) FROM batch WHERE batch.run = run.id), watermark_offset)) AS count
            FROM run WHERE is_open AND path IS NULL
        ) AS waiting
        """

    /// The word of a state by the key under which it is stored.
    private static func word(_ key: String) -> String {
        switch key {
        case "dryRun": "dry_run"
        case "refused": "failed"
        default: key
        }
    }
}
#endif
