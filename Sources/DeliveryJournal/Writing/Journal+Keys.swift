public import DeliveryModel
import DeliveryStore
public import Foundation
import GRDB

extension Journal {
    /// Notes what a key led to. Whoever claims it has asked before whether it is free.
    static func claim(_ database: Database, _ claim: KeyClaim, run: RunID, position: Int?) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO idempotency (key, digest, run, position, created) VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            claim.key, Data(claim.digest), run.rawValue, position, Date().timeIntervalSince1970,
        ])
    }

    static func keep(
        _ database: Database, _ claim: KeyClaim, status: Int, answer: [UInt8], run: RunID?
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO idempotency (key, digest, run, status, answer, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (key) DO UPDATE SET digest = ?2, status = ?4, answer = ?5, run = ?3, created = ?6
                """
        ).execute(arguments: [
            claim.key, Data(claim.digest), run?.rawValue, status, Data(answer), Date().timeIntervalSince1970,
        ])
    }

    public func forgetSomeKeys(answeredBefore oldest: Date) async throws(DeliveryError) -> Bool {
        try await write { database in
            try database.execute(
                sql: """
                    DELETE FROM idempotency WHERE key IN (
                        SELECT key FROM idempotency LEFT JOIN run ON run.id = idempotency.run
                        WHERE created < ?1 AND (
                            idempotency.run IS NULL OR run.id IS NULL OR (NOT is_open AND ended_at < ?1))
                        LIMIT \(Self.step)
                    )
                    """, arguments: [oldest.timeIntervalSince1970])
            return database.changesCount == Self.step
        }
    }
}
