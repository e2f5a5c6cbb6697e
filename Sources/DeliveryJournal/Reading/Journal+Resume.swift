public import CustomerRecords
public import DeliveryModel
import GRDB

extension Journal {
    /// Reads all that is needed to go on with a run, and counts what was in doubt as possible duplicates.
    /// - Returns: `nil` when there is no such run.
    public func reopen(_ id: RunID) async throws(DeliveryError) -> ResumableRun? {
        try await write { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id.rawValue])
            else { return nil }
            let batches = try Self.openBatches(database, id)
            let inDoubt = batches.reduce(0) { $0 + $1.recordsInDoubt }
            if inDoubt > 0 {
                try JournalOperation.mayHaveBeenApplied(id, records: inDoubt).apply(to: database)
            }
            for table in ["batch", "part"] {
                try database.execute(
                    sql: "UPDATE \(table) SET state = ? WHERE run = ? AND state = ?",
                    arguments: [BatchState.planned.rawValue, id.rawValue, BatchState.sending.rawValue])
            }
            guard let summary = try Self.fetchSummary(database, id) else { return nil }
            let last = try Row.fetchOne(
                database,
                sql: "SELECT sequence, end_offset, end_line FROM batch WHERE run = ? ORDER BY sequence DESC LIMIT 1",
                arguments: [id.rawValue])
            return ResumableRun(
                summary: summary, path: row["path"], ownsPath: row["owns_path"],
                fingerprint: try (row["fingerprint"] as String?).map { try JSONText.decode(from: $0) },
                dialect: try (row["dialect"] as String?).map { try JSONText.decode(from: $0) },
                options: try JSONText.decode(from: row["options"]),
                readPosition: SourcePosition(
                    offset: last?["end_offset"] ?? row["watermark_offset"],
                    line: last?["end_line"] ?? row["watermark_line"]),
                nextSequence: last.map { ($0["sequence"] as Int) + 1 } ?? row["next_sequence"],
                rejectsBytes: row["rejects_bytes"],
                storedRejects: try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM failure WHERE run = ? AND kind = ?",
                    arguments: [id.rawValue, FailedRecord.Class.rejected.rawValue]) ?? 0,
                openBatches: batches, recordsInDoubt: inDoubt)
        }
    }

    /// Where a run's bytes lie and what they were known by; both `nil` when the journal holds its records.
    public func sourcePath(
        of run: RunID
    ) async throws(DeliveryError) -> (path: String?, fingerprint: SourceFingerprint?) {
        try await read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT path, fingerprint FROM run WHERE id = ?", arguments: [run.rawValue])
            return (row?["path"], try (row?["fingerprint"] as String?).map { try JSONText.decode(from: $0) })
        }
    }

    /// The rules under which a run was read; `nil` when there is no such run.
    public func options(of run: RunID) async throws(DeliveryError) -> ReaderOptions? {
        try await read { database in
            try String.fetchOne(database, sql: "SELECT options FROM run WHERE id = ?", arguments: [run.rawValue])
                .map { try JSONText.decode(from: $0) }
        }
    }

    /// Files in the spool that a run still needs.
    public func spooledPaths() async throws(DeliveryError) -> Set<String> {
        try await read { database in
            try Set(String.fetchAll(database, sql: "SELECT path FROM run WHERE is_open AND owns_path"))
        }
    }

    private static func openBatches(_ database: Database, _ run: RunID) throws -> [BatchRow] {
        var parts: [Int: [PartRow]] = [:]
        for row in try Row.fetchAll(
            database, sql: "SELECT * FROM part WHERE run = ? ORDER BY sequence, first", arguments: [run.rawValue])
        {
            let first: Int = row["first"]
            let count: Int = row["count"]
            parts[row["sequence"], default: []].append(
                PartRow(records: first..<first + count, state: BatchState(rawValue: row["state"]) ?? .sending))
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
                parts: parts[row["sequence"]] ?? [])
        }
    }
}

extension BatchRow {
    /// Records whose request was under way when the journal was last written.
    var recordsInDoubt: Int {
        guard parts.isEmpty else { return parts.reduce(0) { $0 + ($1.state == .sending ? $1.records.count : 0) } }
        return state == .sending ? records : 0
    }
}
