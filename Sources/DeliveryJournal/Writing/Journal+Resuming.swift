import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB

extension Journal {
    public func reopen(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) async throws(DeliveryError) -> ResumableRun? {
        try await write { [folder] database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id.rawValue])
            else { return nil }
            try Self.bind(database, row, by: owner, to: binding)
            return try Self.resumable(database, row, folder)
        }
    }

    public func extend(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) async throws(DeliveryError) -> ResumableRun? {
        try await write { [folder] database in
            try database.execute(
                sql: """
                    UPDATE run SET state = ?, is_open = 1, ended_at = NULL, node = ?, owner = ?
                    WHERE id = ? AND source = ? AND state = ? AND hold IS NULL AND api IS ? AND profile IS ?
                    """,
                arguments: [
                    try JSONText.encode(RunState.running), owner.node, owner.instance, id.rawValue,
                    try JSONText.encode(RunSource.submissions), try JSONText.encode(RunState.done), binding.api,
                    binding.profile,
                ])
            guard database.changesCount > 0,
                let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id.rawValue])
            else { return nil }
            return try Self.resumable(database, row, folder)
        }
    }

    private static func resumable(_ database: Database, _ row: Row, _ folder: String) throws -> ResumableRun? {
        let id = RunID(rawValue: row["id"])
        let inDoubt = try countInDoubt(database, id, openBatches(database, id))
        guard let summary = try fetchSummary(database, id, folder) else { return nil }
        let last = try Row.fetchOne(
            database,
            sql: "SELECT sequence, end_offset, end_line FROM batch WHERE run = ? ORDER BY sequence DESC LIMIT 1",
            arguments: [id.rawValue])
        return ResumableRun(
            summary: summary, source: try LocatedSource(row: row),
            dialect: try (row["dialect"] as String?).map { try JSONText.decode(from: $0) },
            options: try JSONText.decode(from: row["options"]),
            readPosition: SourcePosition(
                offset: last?["end_offset"] ?? row["watermark_offset"],
                line: last?["end_line"] ?? row["watermark_line"]),
            nextSequence: last.map { ($0["sequence"] as Int) + 1 } ?? row["next_sequence"],
            rejectsBytes: row["rejects_bytes"],
            storedRejects: try Int.fetchOne(
                database, sql: "SELECT count(*) FROM failure WHERE run = ? AND was_rejected",
                arguments: [id.rawValue]) ?? 0,
            openBatches: try openBatches(database, id), recordsInFlight: inDoubt,
            waitsUntil: (row["waiting_until"] as Double?).map(Date.init(timeIntervalSince1970:)),
            read: (row["content_hash"] as Data?).map {
                ContentIdentity(hash: Array($0), length: row["content_length"] ?? 0)
            })
    }

    /// A run is never continued toward another API than its own.
    private static func bind(
        _ database: Database, _ row: Row, by owner: RunOwner, to binding: RunBinding
    ) throws {
        let id = RunID(rawValue: row["id"])
        if let obstacle = RunBinding(api: row["api"], profile: row["profile"]).obstacle(to: binding, for: id) {
            throw obstacle
        }
        guard row["is_open"] else {
            throw DeliveryError(.conflict, "Run \(id) has ended: nothing is left to send.")
        }
        try database.execute(
            sql: "UPDATE run SET api = ?, profile = ?, node = ?, owner = ? WHERE id = ?",
            arguments: [binding.api, binding.profile, owner.node, owner.instance, id.rawValue])
    }

    /// What was under way when the process died may have arrived, and is sent again.
    private static func countInDoubt(_ database: Database, _ run: RunID, _ batches: [BatchRow]) throws -> Int {
        let sent = batches.reduce(0) { $0 + $1.recordsUnderWay(onlyNew: false) }
        let new = batches.reduce(0) { $0 + $1.recordsUnderWay(onlyNew: true) }
        if sent > 0 {
            try database.execute(
                sql: """
                    UPDATE run SET possible_duplicates = possible_duplicates + ?,
                        records_in_doubt = records_in_doubt + ? WHERE id = ?
                    """, arguments: [sent, new, run.rawValue])
        }
        try markInDoubt(database, run)
        for table in ["part", "batch"] {
            try database.execute(
                sql: "UPDATE \(table) SET state = 0 WHERE run = ? AND state = 1", arguments: [run.rawValue])
        }
        return sent
    }

    /// Counts what was under way in a run that stays interrupted, each record once.
    static func countInDoubt(_ database: Database, ofInterrupted run: RunID) throws {
        let count = try openBatches(database, run).reduce(0) { $0 + $1.recordsUnderWay(onlyNew: true) }
        guard count > 0 else { return }
        try database.execute(
            sql: """
                UPDATE run SET possible_duplicates = possible_duplicates + ?1,
                    records_in_doubt = records_in_doubt + ?1 WHERE id = ?2
                """, arguments: [count, run.rawValue])
        try markInDoubt(database, run)
    }

    /// A batch that was split has no request of its own.
    private static func markInDoubt(_ database: Database, _ run: RunID) throws {
        for (table, alone) in [("part", ""), ("batch", Self.isWhole)] {
            try database.execute(
                sql: "UPDATE \(table) SET in_doubt = 1 WHERE run = ?1 AND state = 1 \(alone)",
                arguments: [run.rawValue])
        }
    }

    private static let isWhole =
        "AND NOT EXISTS (SELECT 1 FROM part WHERE part.run = batch.run AND part.sequence = batch.sequence)"

    private static func openBatches(_ database: Database, _ run: RunID) throws -> [BatchRow] {
        var parts: [Int: [PartRow]] = [:]
        for row in try Row.fetchAll(
            database, sql: "SELECT * FROM part WHERE run = ? ORDER BY sequence, first", arguments: [run.rawValue])
        {
            let first: Int = row["first"]
            let count: Int = row["count"]
            parts[row["sequence"], default: []].append(
                PartRow(
                    records: first..<first + count, state: BatchState(rawValue: row["state"]) ?? .sending,
                    isInDoubt: row["in_doubt"]))
        }
        return try Row.fetchAll(
            database, sql: "SELECT * FROM batch WHERE run = ? AND state <> ? ORDER BY sequence",
            arguments: [run.rawValue, BatchState.settled.rawValue]
        ).map { row in
            var tally = RecordTally()
            for code in ReasonCode.allCases { tally[code] = row[code.rawValue] }
            return BatchRow(
                sequence: row["sequence"], state: BatchState(rawValue: row["state"]) ?? .sending,
                start: SourcePosition(offset: row["start_offset"], line: row["start_line"]),
                end: SourcePosition(offset: row["end_offset"], line: row["end_line"]),
                checksum: UInt64(bitPattern: row["checksum"] as Int64), records: row["records"], tally: tally,
                parts: parts[row["sequence"]] ?? [], isInDoubt: row["in_doubt"])
        }
    }
}

extension BatchRow {
    /// Records whose request was under way when the journal was last written.
    /// - Parameter onlyNew: leave out those that are counted as in doubt already.
    fileprivate func recordsUnderWay(onlyNew: Bool) -> Int {
        guard parts.isEmpty else {
            return parts.reduce(0) {
                $0 + ($1.state == .sending && !(onlyNew && $1.isInDoubt) ? $1.records.count : 0)
            }
        }
        return state == .sending && !(onlyNew && isInDoubt) ? records : 0
    }
}
