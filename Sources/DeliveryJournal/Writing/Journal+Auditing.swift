public import DeliveryModel
import DeliveryStore
public import Foundation
import GRDB

extension Journal {
    public func forgetSomeAudit(before oldest: Date, countsBefore: Date) async throws(DeliveryError) -> Bool {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM sent_period WHERE period < ?", arguments: [SentPeriod.number(of: countsBefore)])
            try database.execute(
                sql: "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT \(Self.step))",
                arguments: [oldest.timeIntervalSince1970])
            return database.changesCount == Self.step
        }
    }
}

extension AuditEntry {
    func insert(into database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO audit (at, who, asked_from, command, run, records, creation)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            at.timeIntervalSince1970, who, from, command.rawValue, run?.rawValue, records, creation,
        ])
    }
}
