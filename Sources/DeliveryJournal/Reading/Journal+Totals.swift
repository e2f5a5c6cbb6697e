import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import GRDB

extension Journal {
    public func totals() async throws(DeliveryError) -> StoreTotals {
        try await read { database in
            var totals = StoreTotals()
            let sums = Self.reasons.map {
                "(SELECT ifnull(sum(\($0)), 0) FROM run) + (SELECT ifnull(sum(\($0)), 0) FROM batch) AS \($0)"
            }
            if let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT \(sums.joined(separator: ", ")),
                        (SELECT ifnull(sum(sent), 0) FROM run) + (SELECT ifnull(sum(sent), 0) FROM batch) AS sent,
                        (SELECT ifnull(sum(failed), 0) FROM run) + (SELECT ifnull(sum(failed), 0) FROM batch) AS failed,
                        (SELECT ifnull(sum(records - sent - failed), 0) FROM batch) + (
                            SELECT count(*) FROM stored_record JOIN run ON run.id = stored_record.run
                            WHERE position >= ifnull(
                                (SELECT max(end_offset) FROM batch WHERE batch.run = run.id), watermark_offset)
                        ) AS pending,
                        (SELECT ifnull(sum(possible_duplicates), 0) FROM run) AS duplicates,
                        (SELECT ifnull(sum(records_in_doubt), 0) FROM run) AS doubt,
                        (SELECT ifnull(sum(requests), 0) FROM run) AS requests,
                        (SELECT ifnull(sum(retries), 0) FROM run) AS retries
                    """)
            {
                for code in ReasonCode.allCases {
                    let count: Int = row[code.rawValue]
                    if count > 0 { totals.counts.reasons[code] = count }
                    if code.isRejection { totals.counts.rejected += count } else { totals.counts.filtered += count }
                }
                totals.counts.sent = row["sent"]
                totals.counts.failed = row["failed"]
                totals.counts.pending = row["pending"]
                totals.possibleDuplicates = row["duplicates"]
                totals.recordsInDoubt = row["doubt"]
                totals.requests = row["requests"]
                totals.retries = row["retries"]
            }
            for row in try Row.fetchAll(
                database,
                sql: "SELECT key, sum(value) AS count FROM run, json_each(run.statuses) GROUP BY key")
            {
                totals.statuses[row["key"]] = row["count"]
            }
            for row in try Row.fetchAll(database, sql: "SELECT state, count(*) AS count FROM run GROUP BY state") {
                let state: RunState = try JSONText.decode(from: row["state"])
                totals.runs[state.word, default: 0] += row["count"]
            }
            return totals
        }
    }
}
