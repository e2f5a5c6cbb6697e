import CustomerRecords
public import DeliveryModel
import DeliveryStore
public import Foundation
import GRDB

extension Journal {
    public func runs(
        _ query: RunQuery, limit: Int, before: RunID?
    ) async throws(DeliveryError) -> [RunSummary] {
        try await read { [folder] database in
            let (conditions, values) = Self.conditions(of: query)
            return try Row.fetchAll(
                database,
                sql: Self.summarySQL + " WHERE run.id IN (SELECT id FROM run WHERE id < ?\(conditions)"
                    + " ORDER BY id DESC LIMIT ?) ORDER BY run.id DESC",
                arguments: [before?.rawValue ?? .max] + values + [limit]
            ).map { try Self.summary($0, folder) }
        }
    }

    private static func conditions(of query: RunQuery) -> (sql: String, values: StatementArguments) {
        var sql = ""
        var values = StatementArguments()
        if let keys = query.stateKeys {
            sql += " AND (" + keys.map { #"state LIKE '{"\#($0)"%'"# }.joined(separator: " OR ") + ")"
        } else if query.state != nil {
            sql += " AND (is_open OR hold = 'discarded')"
        }
        switch query.source {
        case nil: break
        case .kind(let kind):
            sql += " AND json_type(source, '$.\(RunQuery.Source.key(ofKind: kind) ?? "")') IS NOT NULL"
        case .text(let text):
            sql += " AND ? IN (json_extract(source, '$.file.path'), json_extract(source, '$.upload.name'))"
            values += [text]
        }
        if let submitter = query.submitter {
            // As `RunQuery.isFrom` has it.
            sql += """
                 AND substr(submitted_by, 1, length(?)) = ? AND (substr(submitted_by, length(?) + 1) = 'unknown'
                    OR substr(submitted_by, length(?) + 1) GLOB '*:*'
                    OR substr(submitted_by, length(?) + 1) NOT GLOB '*[^0-9.]*')
                """
            values += StatementArguments(Array(repeating: "\(submitter)@", count: 5))
        }
        if let since = query.since {
            sql += " AND started_at >= ?"
            values += [since.timeIntervalSince1970]
        }
        return (sql, values)
    }

    public func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? {
        try await read { [folder] database in try Self.fetchSummary(database, id, folder) }
    }

    public func openRuns() async throws(DeliveryError) -> [RunSummary] {
        try await read { [folder] database in
            try Row.fetchAll(database, sql: Self.summarySQL + " WHERE run.is_open ORDER BY run.id")
                .map { try Self.summary($0, folder) }
        }
    }

    public func requestedPause(of api: String) async throws(DeliveryError) -> Date? {
        try await read { database in
            try Double.fetchOne(
                database, sql: "SELECT max(waiting_until) FROM run WHERE is_open AND api = ?", arguments: [api]
            ).map(Date.init(timeIntervalSince1970:))
        }
    }

    static func fetchSummary(_ database: Database, _ id: RunID, _ folder: String) throws -> RunSummary? {
        try Row.fetchOne(database, sql: summarySQL + " WHERE run.id = ?", arguments: [id.rawValue])
            .map { try summary($0, folder) }
    }

    /// The columns that count records by reason are named as the reasons.
    static let reasons = ReasonCode.allCases.map(\.rawValue)

    private static let summarySQL = """
        SELECT run.id, source, run.state AS state, options, started_at, local_day, ended_at, seconds, recovered,
            recovered_failed, dismissed, possible_duplicates, records_in_doubt, requests, retries, statuses,
            unsent_file, notices, api, profile, duplicate_of, submitted_by, node, owner, hold, waiting_until,
            (SELECT max(content.run) FROM content
                WHERE content.hash = content_hash AND content.api = run.api AND content.run < run.id
                    AND NOT EXISTS (
                        SELECT 1 FROM run AS earlier
                        WHERE earlier.id = content.run AND earlier.sent = 0 AND earlier.records_in_doubt = 0
                            AND NOT EXISTS (
                                SELECT 1 FROM batch WHERE batch.run = earlier.id AND (batch.sent > 0 OR batch.state = 1)
                            ))) AS sent_before,
            CASE WHEN path IS NULL THEN NULL
                WHEN NOT is_open AND hold IS NOT 'discarded' AND json_extract(state, '$.refused') IS NULL THEN 0
                WHEN (json_extract(dialect, '$.decoding.isCompressed')
                        OR json_extract(dialect, '$.decoding.encoding') IS NOT NULL)
                    AND ifnull(b.next_position, watermark_offset) > 0 THEN NULL ELSE
                max(0, json_extract(fingerprint, '$.size') - ifnull(b.next_position, watermark_offset)) END AS unread,
            (SELECT ifnull(sum(count), 0) FROM part WHERE part.run = run.id AND part.state = 1 AND NOT part.in_doubt)
                + (SELECT ifnull(sum(records), 0) FROM batch WHERE batch.run = run.id AND batch.state = 1
                    AND NOT batch.in_doubt AND NOT EXISTS (
                        SELECT 1 FROM part WHERE part.run = batch.run AND part.sequence = batch.sequence
                    )) AS unanswered,
            run.sent + ifnull(b.sent, 0) AS sent, run.failed + ifnull(b.failed, 0) AS failed,
            ifnull(b.records, 0) - ifnull(b.sent, 0) - ifnull(b.failed, 0) + (
                SELECT count(*) FROM stored_record
                WHERE stored_record.run = run.id AND position >= ifnull(b.next_position, run.watermark_offset)
            ) AS pending,
            \(reasons.map { "run.\($0) + ifnull(b.\($0), 0) AS \($0)" }.joined(separator: ", "))
        FROM run LEFT JOIN (
            SELECT run, max(end_offset) AS next_position, sum(records) AS records, sum(sent) AS sent,
                sum(failed) AS failed, \(reasons.map { "sum(\($0)) AS \($0)" }.joined(separator: ", "))
            FROM batch GROUP BY run
        ) AS b ON b.run = run.id
        """

    private static func summary(_ row: Row, _ folder: String) throws -> RunSummary {
        var counts: [ReasonCode: Int] = [:]
        for code in ReasonCode.allCases {
            let count: Int = row[code.rawValue]
            if count > 0 { counts[code] = count }
        }
        let rejected = counts.reduce(0) { $0 + ($1.key.isRejection ? $1.value : 0) }
        let options = try JSONText.decode(ReaderOptions.self, from: row["options"])
        let failed: Int = row["failed"]
        var notices: [Notice] = try JSONText.decode(from: row["notices"])
        if let earlier = row["sent_before"] as Int64? {
            notices.append(Notice(.sentBefore, example: "run \(earlier)"))
        }
        var summary = RunSummary(
            id: RunID(rawValue: row["id"]),
            source: try JSONText.decode(from: row["source"]),
            state: try JSONText.decode(from: row["state"]),
            counts: RunCounts(
                rejected: rejected, filtered: counts.values.reduce(0, +) - rejected, sent: row["sent"],
                failed: failed, pending: row["pending"], reasons: counts),
            recovered: row["recovered"],
            undelivered: max(0, failed - (row["recovered_failed"] as Int) - (row["dismissed"] as Int)),
            possibleDuplicates: row["possible_duplicates"], recordsInDoubt: row["records_in_doubt"],
            requests: row["requests"],
            retries: row["retries"], statuses: try JSONText.decode(from: row["statuses"]), seconds: row["seconds"],
            startedAt: Date(timeIntervalSince1970: row["started_at"]),
            localDay: (row["local_day"] as String?).map(LocalDay.init(rawValue:)),
            endedAt: (row["ended_at"] as Double?).map(Date.init(timeIntervalSince1970:)),
            filter: options.filter,
            unsentFile: (row["unsent_file"] as String?).map { RelativePath.used($0, in: folder) },
            notices: notices, api: row["api"], profile: row["profile"],
            unreadBytes: row["unread"], duplicateOf: (row["duplicate_of"] as Int64?).map(RunID.init(rawValue:)),
            submittedBy: row["submitted_by"], node: row["node"], owner: row["owner"],
            standingOrder: (row["hold"] as String?).flatMap(StandingOrder.init(rawValue:)))
        summary.recordsUnanswered = row["unanswered"]
        summary.dismissed = row["dismissed"]
        return summary
    }
}
