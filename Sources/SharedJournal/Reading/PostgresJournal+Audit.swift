#if PostgreSQL
public import DeliveryModel
import DeliveryStore
public import Foundation

extension PostgresJournal {
    public func recordsSent(to api: String?, in period: Range<Date>) async throws(DeliveryError) -> Int {
        let numbers = SentPeriod.numbers(in: period)
        return try await read { session in
            try session.run(
                """
                SELECT coalesce(sum(records), 0) AS count FROM sent_period
                WHERE api = $1 AND period >= $2 AND period < $3
                """, [.text(orNull: api), Value(numbers.lowerBound), Value(numbers.upperBound)]
            ).rows.first?.int("count") ?? 0
        }
    }

    public func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry] {
        try await read(isLong: true) { session in
            try session.run(
                """
                SELECT at, who, asked_from, command, run, creation, coalesce(records, (
                    SELECT sent + (SELECT coalesce(sum(batch.sent), 0) FROM batch WHERE batch.run = run.id)
                    FROM run WHERE run.id = audit.run AND command = 'send'
                )) AS records
                FROM audit WHERE ($1::double precision IS NULL OR at >= $1) AND ($2::bigint IS NULL OR run = $2)
                ORDER BY id DESC LIMIT $3
                """,
                [.time(query.since), .integer(orNull: query.run?.rawValue), Value(query.limit)],
                within: Self.readSeconds
            ).rows.compactMap(AuditEntry.init(row:))
        }
    }
}

extension AuditEntry {
    /// - Returns: `nil` for a command that only a newer version knows.
    fileprivate init?(row: Row) {
        guard let command = Command(rawValue: row.text("command")) else { return nil }
        self.init(
            at: row.date("at") ?? Date(timeIntervalSince1970: 0),
            by: Operator(who: row.text("who"), from: row.text("asked_from")), command,
            run: row.integer("run").map(RunID.init(rawValue:)), records: row.integer("records").map(Int.init),
            creation: row.integer("creation") ?? 0)
    }

    /// Adds it, once.
    var statement: Statement {
        Statement(
            """
            INSERT INTO audit (at, who, asked_from, command, run, records, creation)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (creation) DO NOTHING
            """,
            [
                .time(at), .text(orNull: who), .text(orNull: from), .text(command.rawValue),
                .integer(orNull: run?.rawValue), .integer(orNull: records.map(Int64.init)), .integer(creation),
            ])
    }
}

extension NewRun {
    /// Notes who created the run.
    /// - Parameter records: how many it holds, when that is known.
    func noteAudit(_ session: Session, _ id: RunID, records: Int? = nil) throws {
        guard var entry = audit else { return }
        entry.run = id
        entry.records = records
        try session.run(entry.statement.sql, entry.statement.values)
    }
}
#endif
