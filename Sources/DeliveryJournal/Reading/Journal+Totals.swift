import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB

extension Journal {
    /// The running sums of what has its end, and those of what is open. It has a connection of its own, so that it waits
    /// for nobody's list and holds up none.
    public func totals() async throws(DeliveryError) -> StoreTotals {
        try await read(with: .totals) { database in
            var totals = StoreTotals()
            try Self.addSums(database, to: &totals)
            for row in try Row.fetchAll(
                database,
                sql: """
                    SELECT key, sum(value) AS count FROM (
                        SELECT status AS key, count AS value FROM total_status UNION ALL
                        SELECT key, value FROM run, json_each(run.statuses) WHERE is_open AND statuses <> '{}'
                    ) GROUP BY key
                    """)
            { totals.statuses[row["key"]] = row["count"] }
            for row in try Row.fetchAll(database, sql: "SELECT state, count FROM total_state WHERE count > 0") {
                totals.runs[Self.word(row["state"]), default: 0] += row["count"]
            }
            return totals
        }
    }

    private static func addSums(_ database: Database, to totals: inout StoreTotals) throws {
        func sums(_ columns: [String], _ table: String) -> String {
            columns.map { "total(\($0)) AS \($0)" }.joined(separator: ", ") + " FROM \(table)"
        }
        let counted = reasons + ["sent", "failed"]
        // Thousands may be open: they are gone through once.
        let open = try Row.fetchAll(
            database,
            sql: """
                SELECT state, count(*) AS runs, min(iif(hold IS 'discarded', NULL, started_at)) AS oldest,
                    \(sums(TotalsSchema.columns, "run")) WHERE is_open GROUP BY state
                """)
        for row in open {
            let state: RunState = try JSONText.decode(from: row["state"])
            totals.runs[state.word, default: 0] += row["runs"]
            guard let oldest = (row["oldest"] as Double?).map(Date.init(timeIntervalSince1970:)) else { continue }
            totals.oldestPending = min(totals.oldestPending ?? oldest, oldest)
        }
        let closed = try Row.fetchOne(database, sql: "SELECT * FROM total")
        let batches = try Row.fetchOne(
            database,
            sql: "SELECT total(records - sent - failed) AS pending, \(sums(counted, "batch"))")
        func sum(_ column: String) -> Int {
            let rows = open + [closed, counted.contains(column) ? batches : nil].compactMap { $0 }
            return rows.reduce(0) { $0 + Int(($1[column] as Double?) ?? 0) }
        }
        let stored = try Int.fetchOne(database, sql: storedPendingSQL) ?? 0
        totals.take(pending: Int((batches?["pending"] as Double?) ?? 0) + stored, sum)
    }

    /// Stored records of open runs that are in no batch yet.
    private static let storedPendingSQL = """
        SELECT total(count) FROM (
            SELECT (SELECT count(*) FROM stored_record WHERE stored_record.run = run.id AND position >= ifnull(
                (SELECT max(end_offset) FROM batch WHERE batch.run = run.id), watermark_offset)) AS count
            FROM run WHERE is_open AND path IS NULL
        )
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
