public import DeliveryModel
import DeliveryStore
public import Foundation
import GRDB

extension Journal {
    public func recordsSent(to api: String?, in period: Range<Date>) async throws(DeliveryError) -> Int {
        let numbers = SentPeriod.numbers(in: period)
        return try await read { database in
            try Int.fetchOne(
                database,
                sql:
                    "SELECT CAST(total(records) AS INTEGER) FROM sent_period WHERE api = ? AND period >= ? AND period < ?",
                arguments: [api, numbers.lowerBound, numbers.upperBound]) ?? 0
        }
    }

    public func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry] {
        try await read(with: .lists) { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT at, who, asked_from, command, run, creation, ifnull(records, (
                        SELECT CAST(sent + (SELECT total(batch.sent) FROM batch WHERE batch.run = run.id) AS INTEGER)
                        FROM run WHERE run.id = audit.run AND command = 'send'
                    )) AS records
                    FROM audit WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR run = ?2) ORDER BY id DESC LIMIT ?3
                    """,
                arguments: [query.since?.timeIntervalSince1970, query.run?.rawValue, query.limit]
            ).compactMap(AuditEntry.init(row:))
        }
    }
}

extension AuditEntry {
    /// - Returns: `nil` for a command that only a newer version knows.
    fileprivate init?(row: Row) {
        guard let command = Command(rawValue: row["command"]) else { return nil }
        self.init(
            at: Date(timeIntervalSince1970: row["at"]), by: Operator(who: row["who"], from: row["asked_from"]), command,
            run: (row["run"] as Int64?).map(RunID.init(rawValue:)), records: row["records"], creation: row["creation"])
    }
}
