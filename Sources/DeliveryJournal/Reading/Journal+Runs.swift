import CustomerRecords
public import DeliveryModel
import Foundation
import GRDB

extension Journal {
    /// Creates a run and, in the same commit, what the journal itself holds of its source.
    /// - Parameter idempotencyKey: the client's key that is to lead to the run.
    public func create(
        _ run: NewRun, records: [StoredRecord] = [], idempotencyKey: String? = nil
    ) async throws(DeliveryError) -> RunID {
        try await write { database in
            let id = try run.insert(into: database)
            if let idempotencyKey { try Self.attach(database, idempotencyKey, to: id) }
            for (position, record) in records.enumerated() {
                try record.insert(into: database, run: id, position: position)
            }
            return id
        }
    }

    /// Newest first.
    public func runs(limit: Int, before: RunID? = nil) async throws(DeliveryError) -> [RunSummary] {
        try await read { database in
            try Row.fetchAll(
                database, sql: Self.summarySQL + " WHERE run.id < ? ORDER BY run.id DESC LIMIT ?",
                arguments: [before?.rawValue ?? .max, limit]
            ).map(Self.summary)
        }
    }

    public func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? {
        try await read { database in try Self.fetchSummary(database, id) }
    }

    /// Runs that are not done, oldest first.
    public func openRuns() async throws(DeliveryError) -> [RunSummary] {
        try await read { database in
            try Row.fetchAll(database, sql: Self.summarySQL + " WHERE run.is_open ORDER BY run.id").map(Self.summary)
        }
    }

    static func fetchSummary(_ database: Database, _ id: RunID) throws -> RunSummary? {
        try Row.fetchOne(database, sql: summarySQL + " WHERE run.id = ?", arguments: [id.rawValue]).map(summary)
    }

    private static let summarySQL = """
        SELECT run.id, source, run.state AS state, options, started_at, ended_at, seconds, recovered,
            possible_duplicates, requests, retries, statuses, unsent_file,
            run.sent + ifnull(b.sent, 0) AS sent, run.failed + ifnull(b.failed, 0) AS failed,
            ifnull(b.records, 0) - ifnull(b.sent, 0) - ifnull(b.failed, 0) + (
                SELECT count(*) FROM stored_record
                WHERE stored_record.run = run.id AND position >= ifnull(b.next_position, run.watermark_offset)
            ) AS pending,
            run.malformed + ifnull(b.malformed, 0) AS malformed, run.name + ifnull(b.name, 0) AS name,
            run.age + ifnull(b.age, 0) AS age, run.cookie + ifnull(b.cookie, 0) AS cookie,
            run.banner_id + ifnull(b.banner_id, 0) AS banner_id,
            run.age_filter + ifnull(b.age_filter, 0) AS age_filter
        FROM run LEFT JOIN (
            SELECT run, max(end_offset) AS next_position, sum(records) AS records, sum(sent) AS sent, sum(failed) AS failed,
                sum(malformed) AS malformed, sum(name) AS name, sum(age) AS age, sum(cookie) AS cookie,
                sum(banner_id) AS banner_id, sum(age_filter) AS age_filter
            FROM batch GROUP BY run
        ) AS b ON b.run = run.id
        """

    private static func summary(_ row: Row) throws -> RunSummary {
        var reasons: [ReasonCode: Int] = [:]
        for code in ReasonCode.allCases {
            let count: Int = row[code.rawValue]
            if count > 0 { reasons[code] = count }
        }
        let rejected = reasons.reduce(0) { $0 + ($1.key.isRejection ? $1.value : 0) }
        let options = try JSONText.decode(ReaderOptions.self, from: row["options"])
        return RunSummary(
            id: RunID(rawValue: row["id"]),
            source: try JSONText.decode(from: row["source"]),
            state: try JSONText.decode(from: row["state"]),
            counts: RunCounts(
                rejected: rejected, filtered: reasons[.ageFilter] ?? 0, sent: row["sent"], failed: row["failed"],
                pending: row["pending"], reasons: reasons),
            recovered: row["recovered"], possibleDuplicates: row["possible_duplicates"], requests: row["requests"],
            retries: row["retries"], statuses: try JSONText.decode(from: row["statuses"]), seconds: row["seconds"],
            startedAt: Date(timeIntervalSince1970: row["started_at"]),
            endedAt: (row["ended_at"] as Double?).map(Date.init(timeIntervalSince1970:)),
            filter: options.filter, unsentFile: row["unsent_file"])
    }
}

extension NewRun {
    func insert(into database: Database) throws -> RunID {
        try database.cachedStatement(
            sql: """
                INSERT INTO run (source, path, owns_path, fingerprint, dialect, options, state, is_open, started_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
                """
        ).execute(arguments: [
            try JSONText.encode(source), path, ownsPath, try fingerprint.map(JSONText.encode),
            try dialect.map(JSONText.encode),
            try JSONText.encode(options), try JSONText.encode(state), startedAt.timeIntervalSince1970,
        ])
        return RunID(rawValue: database.lastInsertedRowID)
    }
}
