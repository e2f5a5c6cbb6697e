public import DeliveryModel
public import DeliveryStore
public import Foundation
import GRDB

extension Journal {
    public func claimIdempotencyKey(
        _ key: String, digest: [UInt8], at time: Date, keptSince oldest: Date
    ) async throws(DeliveryError) -> IdempotencyRow? {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM idempotency WHERE created < ?", arguments: [oldest.timeIntervalSince1970])
            if let row = try Self.fetchKey(database, key) { return row }
            try database.execute(
                sql: "INSERT INTO idempotency (key, digest, created) VALUES (?, ?, ?)",
                arguments: [key, Data(digest), time.timeIntervalSince1970])
            return nil
        }
    }

    /// What is kept under a key.
    public func idempotencyKey(_ key: String) async throws(DeliveryError) -> IdempotencyRow? {
        try await read { try Self.fetchKey($0, key) }
    }

    private static func fetchKey(_ database: Database, _ key: String) throws -> IdempotencyRow? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM idempotency WHERE key = ?"), arguments: [key]
        ).map { row in
            IdempotencyRow(
                digest: [UInt8](row["digest"] as Data), run: (row["run"] as Int64?).map(RunID.init(rawValue:)),
                status: row["status"], answer: [UInt8](row["answer"] as Data? ?? Data()))
        }
    }

    /// Notes which run a key led to, within the commit that makes the run or the record durable: so no crash can come
    /// between, and a request that is repeated after one finds its run.
    static func attach(_ database: Database, _ key: String, to run: RunID) throws {
        try database.cachedStatement(sql: "UPDATE idempotency SET run = ? WHERE key = ?")
            .execute(arguments: [run.rawValue, key])
    }

    public func completeIdempotencyKey(
        _ key: String, status: Int, answer: [UInt8], run: RunID?
    ) async throws(DeliveryError) {
        try await write { database in
            try database.execute(
                sql: "UPDATE idempotency SET status = ?, answer = ?, run = ifnull(?, run) WHERE key = ?",
                arguments: [status, Data(answer), run?.rawValue, key])
        }
    }

    public func releaseIdempotencyKey(_ key: String) async throws(DeliveryError) {
        try await write { database in
            try database.execute(sql: "DELETE FROM idempotency WHERE key = ? AND run IS NULL", arguments: [key])
        }
    }
}
