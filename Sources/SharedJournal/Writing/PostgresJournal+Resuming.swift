#if PostgreSQL
import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

extension PostgresJournal {
    public func reopen(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) async throws(DeliveryError) -> ResumableRun? {
        let found = try await write { [folder] session, node -> (ResumableRun, Int64?)? in
            guard let row = try session.run("SELECT * FROM run WHERE id = $1 FOR UPDATE", [Value(id)]).rows.first
            else { return nil }
            try Self.bind(session, row, node, by: owner, to: binding)
            guard let run = try Self.resumable(session, row, folder) else { return nil }
            return (run, row.string("chunks") == nil ? row.integer("creation") : nil)
        }
        guard let found else { return nil }
        let (run, uncopied) = found
        if let uncopied { noteLocalFile(id, uncopied, run.source.location, run.source.fingerprint) }
        return run
    }

    public func extend(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) async throws(DeliveryError) -> ResumableRun? {
        try await write { [folder] session, node in
            // Each node collects single records in a run of its own.
            let changed = try session.run(
                """
                UPDATE run SET state = $1, is_open = true, ended_at = NULL, node = $2, owner = $3
                WHERE id = $4 AND source = $5 AND state = $6 AND hold IS NULL AND owner_node = $9
                    AND api IS NOT DISTINCT FROM $7 AND profile IS NOT DISTINCT FROM $8
                """,
                [
                    try .json(RunState.running), .text(owner.node), .text(owner.instance), Value(id),
                    try .json(RunSource.submissions), try .json(RunState.done), .text(orNull: binding.api),
                    .text(orNull: binding.profile), .text(node),
                ]
            ).count
            guard changed > 0,
                let row = try session.run("SELECT * FROM run WHERE id = $1", [Value(id)]).rows.first
            else { return nil }
            return try Self.resumable(session, row, folder)
        }
    }

    /// A run is never continued toward another API than its own, nor while another node delivers it.
    private static func bind(
        _ session: Session, _ row: Row, _ node: String, by owner: RunOwner, to binding: RunBinding
    ) throws {
        let id = RunID(rawValue: row.integer("id") ?? 0)
        let own = RunBinding(api: row.string("api"), profile: row.string("profile"))
        if let obstacle = own.obstacle(to: binding, for: id) { throw obstacle }
        guard row.bool("is_open") else {
            throw DeliveryError(.conflict, "Run \(id) has ended: nothing is left to send.")
        }
        if let other = row.string("owner_node"), other != node {
            throw DeliveryError(
                .conflict, "Node \(row.text("node")) delivers run \(id). Others continue it when that node is gone.")
        }
        try session.run(
            "UPDATE run SET api = $1, profile = $2, node = $3, owner = $4, owner_node = $5 WHERE id = $6",
            [
                .text(orNull: binding.api), .text(orNull: binding.profile), .text(owner.node), .text(owner.instance),
                .text(node), Value(id),
            ])
    }

    private static func resumable(_ session: Session, _ row: Row, _ folder: String) throws -> ResumableRun? {
        let id = RunID(rawValue: row.integer("id") ?? 0)
        // What was under way when the process died may have arrived, and is sent again.
        let inDoubt = try session.run("SELECT count_in_doubt($1) AS count", [Value(id)]).rows.first?.int("count") ?? 0
        guard let summary = try fetchSummary(session, id, folder) else { return nil }
        let last = try session.run(
            "SELECT sequence, end_offset, end_line FROM batch WHERE run = $1 ORDER BY sequence DESC LIMIT 1",
            [Value(id)]
        ).rows.first
        return ResumableRun(
            summary: summary, source: try LocatedSource(row: row),
            dialect: row.string("dialect") == nil ? nil : try row.json("dialect"), options: try row.json("options"),
            readPosition: SourcePosition(
                offset: last?.int("end_offset") ?? row.int("watermark_offset"),
                line: last?.int("end_line") ?? row.int("watermark_line")),
            nextSequence: last.map { $0.int("sequence") + 1 } ?? row.int("next_sequence"),
            rejectsBytes: row.int("rejects_bytes"),
            storedRejects: try session.run(
                "SELECT count(*) AS count FROM failure WHERE run = $1 AND was_rejected", [Value(id)]
            ).rows.first?.int("count") ?? 0,
            openBatches: try openBatches(session, id), recordsInFlight: inDoubt, waitsUntil: row.date("waiting_until"),
            read: row.bytes("content_hash").map { ContentIdentity(hash: $0, length: row.int("content_length")) })
    }

    private static func openBatches(_ session: Session, _ run: RunID) throws -> [BatchRow] {
        var parts: [Int: [PartRow]] = [:]
        let rows = try session.run("SELECT * FROM part WHERE run = $1 ORDER BY sequence, first", [Value(run)]).rows
        for row in rows {
            let first = row.int("first")
            parts[row.int("sequence"), default: []].append(
                PartRow(
                    records: first..<first + row.int("count"),
                    state: BatchState(rawValue: row.int("state")) ?? .sending,
                    isInDoubt: row.bool("in_doubt")))
        }
        return try session.run(
            "SELECT * FROM batch WHERE run = $1 AND state <> 2 ORDER BY sequence", [Value(run)]
        ).rows.map { row in
            var tally = RecordTally()
            for code in ReasonCode.allCases { tally[code] = row.int(code.rawValue) }
            return BatchRow(
                sequence: row.int("sequence"), state: BatchState(rawValue: row.int("state")) ?? .sending,
                start: SourcePosition(offset: row.int("start_offset"), line: row.int("start_line")),
                end: SourcePosition(offset: row.int("end_offset"), line: row.int("end_line")),
                checksum: UInt64(bitPattern: row.integer("checksum") ?? 0), records: row.int("records"), tally: tally,
                parts: parts[row.int("sequence")] ?? [], isInDoubt: row.bool("in_doubt"))
        }
    }
}
#endif
