#if PostgreSQL
public import CustomerRecords
public import DeliveryModel
import DeliveryStore
public import Foundation

extension PostgresJournal {
    public func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary] {
        try await read { [folder] session in
            var parameters = Parameters()
            let start = parameters.add(.integer(before?.rawValue ?? .max))
            let conditions = Self.conditions(of: query, &parameters)
            let count = parameters.add(Value(limit))
            return try session.run(
                """
                \(Self.summarySQL) WHERE run.id IN (
                    SELECT id FROM run WHERE id < \(start)\(conditions) ORDER BY id DESC LIMIT \(count)
                ) ORDER BY run.id DESC
                """, parameters.values, within: Self.readSeconds
            ).rows.map { try Self.summary($0, folder) }
        }
    }

    private static func conditions(of query: RunQuery, _ parameters: inout Parameters) -> String {
        var sql = ""
        if let keys = query.stateKeys {
            sql += " AND (" + keys.map { #"state LIKE '{"\#($0)"%'"# }.joined(separator: " OR ") + ")"
        } else if query.state != nil {
            sql += " AND (is_open OR hold = 'discarded')"
        }
        switch query.source {
        case nil: break
        case .kind(let kind):
            let key = RunQuery.Source.key(ofKind: kind) ?? ""
            sql += " AND state_key(source) = \(parameters.add(.text(key)))"
        case .text(let text):
            let place = parameters.add(.text(orNull: text))
            sql += " AND \(place) IN (source::json #>> '{file,path}', source::json #>> '{upload,name}')"
        }
        if let submitter = query.submitter {
            // As `RunQuery.isFrom` has it.
            let name = parameters.add(.text(orNull: submitter + "@"))
            sql += """
                 AND starts_with(submitted_by, \(name))
                    AND substr(submitted_by, length(\(name)) + 1) ~ '^([0-9.]*|.*:.*|unknown)$'
                """
        }
        if let since = query.since { sql += " AND started_at >= \(parameters.add(.time(since)))" }
        return sql
    }

    public func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? {
        try await read { [folder] session in try Self.fetchSummary(session, id, folder) }
    }

    public func openRuns() async throws(DeliveryError) -> [RunSummary] {
        try await read { [folder] session in
            try session.run(Self.summarySQL + " WHERE run.is_open ORDER BY run.id").rows
                .map { try Self.summary($0, folder) }
        }
    }

    public func requestedPause(of api: String) async throws(DeliveryError) -> Date? {
        try await read { session in
            try session.run("SELECT max(waiting_until) AS until FROM run WHERE is_open AND api = $1", [.text(api)])
                .rows.first?.date("until")
        }
    }

    public func options(of run: RunID) async throws(DeliveryError) -> ReaderOptions? {
        try await read { session in
            try session.run("SELECT options FROM run WHERE id = $1", [Value(run)]).rows.first?.json("options")
        }
    }

    static func fetchSummary(_ session: Session, _ id: RunID, _ folder: String) throws -> RunSummary? {
        try session.run(summarySQL + " WHERE run.id = $1", [Value(id)]).rows.first.map { try summary($0, folder) }
    }

    private static let reasons = RunColumns.reasons

    private static let summarySQL = """
        SELECT run.id, source, run.state AS state, options, started_at, local_day, ended_at, seconds, recovered,
            recovered_failed, dismissed, possible_duplicates, records_in_doubt, requests, retries, statuses,
            unsent_file, notices, api, profile, duplicate_of, submitted_by, node, owner, owner_node, free_since, chunks, path,
            owns_path, hold,
            (SELECT clock_timestamp() - beat_at > make_interval(secs => lease) FROM node WHERE id = owner_node)
                AS is_silent,
            (SELECT max(content.run) FROM content
                WHERE content.hash = content_hash AND content.api = run.api AND content.run < run.id
                    AND NOT EXISTS (
                        SELECT 1 FROM run AS earlier
                        WHERE earlier.id = content.run AND earlier.sent = 0 AND earlier.records_in_doubt = 0
                            AND NOT EXISTS (
                                SELECT 1 FROM batch WHERE batch.run = earlier.id AND (batch.sent > 0 OR batch.state = 1)
                            ))) AS sent_before,
            CASE WHEN path IS NULL THEN NULL
                WHEN NOT is_open AND hold IS DISTINCT FROM 'discarded' AND state NOT LIKE '{"refused"%' THEN 0
                WHEN ((dialect::json->'decoding'->>'isCompressed')::boolean
                        OR dialect::json->'decoding'->>'encoding' IS NOT NULL)
                    AND coalesce(b.next_position, watermark_offset) > 0 THEN NULL
                ELSE greatest(0, (fingerprint::json->>'size')::bigint - coalesce(b.next_position, watermark_offset))
                END AS unread,
            (SELECT coalesce(sum(count), 0) FROM part
                WHERE part.run = run.id AND part.state = 1 AND NOT part.in_doubt)
                + (SELECT coalesce(sum(records), 0) FROM batch WHERE batch.run = run.id AND batch.state = 1
                    AND NOT batch.in_doubt AND NOT EXISTS (
                        SELECT 1 FROM part WHERE part.run = batch.run AND part.sequence = batch.sequence
                    )) AS unanswered,
            run.sent + coalesce(b.sent, 0) AS sent, run.failed + coalesce(b.failed, 0) AS failed,
            coalesce(b.records, 0) - coalesce(b.sent, 0) - coalesce(b.failed, 0) + (
                SELECT count(*) FROM stored_record
                WHERE stored_record.run = run.id AND position >= coalesce(b.next_position, run.watermark_offset)
            ) AS pending,
            \(RunColumns.list(reasons) { "run.\($0) + coalesce(b.\($0), 0) AS \($0)" })
        FROM run CROSS JOIN LATERAL (
            SELECT max(end_offset) AS next_position, sum(records) AS records, sum(sent) AS sent,
                sum(failed) AS failed, \(RunColumns.list(reasons) { "sum(\($0)) AS \($0)" })
            FROM batch WHERE batch.run = run.id
        ) AS b
        """

    private static func summary(_ row: Row, _ folder: String) throws -> RunSummary {
        var counts: [ReasonCode: Int] = [:]
        for code in ReasonCode.allCases {
            let count = row.int(code.rawValue)
            if count > 0 { counts[code] = count }
        }
        let rejected = counts.reduce(0) { $0 + ($1.key.isRejection ? $1.value : 0) }
        let options: ReaderOptions = try row.json("options")
        let failed = row.int("failed")
        var notices: [Notice] = try row.json("notices")
        if let earlier = row.integer("sent_before") { notices.append(Notice(.sentBefore, example: "run \(earlier)")) }
        var summary = RunSummary(
            id: RunID(rawValue: row.integer("id") ?? 0), source: try row.json("source"), state: try row.json("state"),
            counts: RunCounts(
                rejected: rejected, filtered: counts.values.reduce(0, +) - rejected, sent: row.int("sent"),
                failed: failed, pending: row.int("pending"), reasons: counts),
            recovered: row.int("recovered"),
            undelivered: max(0, failed - row.int("recovered_failed") - row.int("dismissed")),
            possibleDuplicates: row.int("possible_duplicates"), recordsInDoubt: row.int("records_in_doubt"),
            requests: row.int("requests"), retries: row.int("retries"), statuses: try row.json("statuses"),
            seconds: row.double("seconds") ?? 0, startedAt: row.date("started_at") ?? Date(timeIntervalSince1970: 0),
            localDay: row.string("local_day").map(LocalDay.init(rawValue:)), endedAt: row.date("ended_at"),
            filter: options.filter, unsentFile: row.string("unsent_file").map { RelativePath.used($0, in: folder) },
            notices: notices, api: row.string("api"), profile: row.string("profile"),
            unreadBytes: row.integer("unread").map(Int.init),
            duplicateOf: row.integer("duplicate_of").map(RunID.init(rawValue:)),
            submittedBy: row.string("submitted_by"), node: row.string("node"), owner: row.string("owner"),
            standingOrder: row.string("hold").flatMap(StandingOrder.init(rawValue:)))
        summary.recordsUnanswered = row.int("unanswered")
        summary.dismissed = row.int("dismissed")
        guard summary.state.isActive else { return summary }
        // A run that nobody owns is interrupted, whatever was last written of it, unless nodes are to continue it.
        if row.string("owner_node") == nil {
            guard row.string("free_since") != nil, summary.standingOrder == nil else { return summary.interrupted }
            summary.state = .waiting(reason: freeReason(row, of: summary), until: nil)
            return summary
        }
        if row.bool("is_silent") {
            summary.state = .waiting(reason: "node \(summary.node ?? "?") is silent; others take over", until: nil)
        }
        return summary
    }

    /// What a run waits for that no node has yet.
    private static func freeReason(_ row: Row, of summary: RunSummary) -> String {
        if !row.bool("owns_path"), row.string("chunks") == nil, let path = row.string("path") {
            return "node \(summary.node ?? "?") is gone; waits for a node that has \(path)"
        }
        return "node \(summary.node ?? "?") gave it up; others continue"
    }
}
#endif
