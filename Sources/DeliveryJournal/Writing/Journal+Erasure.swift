import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB

extension Journal {
    /// A page in a commit, so that no other waits for long.
    public func erase(_ cookies: ErasedCookies, isDryRun: Bool) async throws(DeliveryError) -> StoreErasure {
        var erasure = StoreErasure()
        func walk<Key: Sendable>(
            from first: Key,
            _ step: @escaping @Sendable (Database, Key, inout StoreErasure) throws -> Key?
        ) async throws(DeliveryError) {
            var next: Key? = first
            while let key = next {
                let before = erasure
                let work: @Sendable (Database) throws -> (Key?, StoreErasure) = { database in
                    var erasure = before
                    return (try step(database, key, &erasure), erasure)
                }
                if isDryRun {
                    (next, erasure) = try await read(with: .lists, work)
                } else {
                    (next, erasure) = try await write(work)
                }
            }
        }
        try await walk(from: Int64(0)) {
            try ErasedRows(cookies, isDryRun).failures($0, after: $1, &$2)
        }
        try await walk(from: ErasedRows.Place(run: 0, position: -1)) {
            try ErasedRows(cookies, isDryRun).storedRecords($0, after: $1, &$2)
        }
        try await walk(from: "") { try ErasedRows(cookies, isDryRun).answers($0, after: $1, &$2) }
        try await walk(from: Int64(0)) { try ErasedRows(cookies, isDryRun).notices($0, after: $1, &$2) }
        for list in try await secrets() {
            erasure.add(
                try await eraseDelivered(cookies.deliveryKeys(list.secret), from: list.id, isDryRun: isDryRun), .lists)
        }
        return erasure
    }

    public func overwriteErased() async throws(DeliveryError) -> [ErasureReport.Remainder] {
        // Free pages and the gaps in others may hold what was removed long ago.
        try await rewrite()
        return []
    }

    /// Writes the whole file again, without free pages.
    /// - Throws: `busy` when somebody reads from the log all the time.
    public func rewrite() async throws(DeliveryError) {
        do {
            try await queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
        } catch {
            throw describe(error)
        }
        for _ in 0..<100 {
            let isEmpty: Bool
            do {
                isEmpty = try await queue.writeWithoutTransaction { database in
                    try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)").map { $0[0] as Int == 0 } ?? true
                }
            } catch {
                throw describe(error)
            }
            if isEmpty { return }
            // Somebody reads from the log.
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { break }
        }
        throw DeliveryError(.busy, "The journal \(path) is in constant use. Try again in a minute.")
    }

    public func erasableSources() async throws(DeliveryError) -> [ErasableSource] {
        try await read(with: .lists) { database in
            try Row.fetchAll(
                database, sql: "SELECT id, path, owns_path, fingerprint, is_open FROM run WHERE path IS NOT NULL"
            ).map { row in
                ErasableSource(
                    run: RunID(rawValue: row["id"]), location: try LocatedSource(row: row).location,
                    isOpen: row["is_open"])
            }
        }
    }
}

/// Erases, or counts, a page of each table's rows.
private struct ErasedRows {
    struct Place: Sendable {
        var run: Int64
        var position: Int
    }

    let cookies: ErasedCookies
    let isDryRun: Bool
    private static let page = 500

    init(_ cookies: ErasedCookies, _ isDryRun: Bool) {
        self.cookies = cookies
        self.isDryRun = isDryRun
    }

    func failures(_ database: Database, after last: Int64, _ erasure: inout StoreErasure) throws -> Int64? {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT failure.id, failure.run, line, was_rejected, failure.cookie, raw, message, recovered_in, dismissed_at, retrying_in,
                    local_day, is_open,
                    ifnull((SELECT is_open FROM run AS other WHERE other.id = retrying_in), 0) AS is_sent
                FROM failure JOIN run ON run.id = failure.run WHERE failure.id > ? ORDER BY failure.id
                LIMIT \(Self.page)
                """, arguments: [last])
        for row in rows {
            let isTheirs = cookies.isTheirs(cookie: row["cookie"], raw: row["raw"])
            let isOpen: Bool = row["is_open"]
            let isBeingSent: Bool = row["is_sent"]
            if isOpen || isBeingSent {
                let run: Int64 = isOpen ? row["run"] : row["retrying_in"]
                if isTheirs { erasure.open[RunID(rawValue: run), default: 0] += 1 }
            } else if isTheirs {
                erasure.add(1, .failures)
                if let day = row["local_day"] as String? { erasure.days.insert(LocalDay(rawValue: day)) }
                if !isDryRun { try remove(row, database) }
            } else if let message = cookies.removed(from: row["message"]) {
                erasure.add(1, .failures)
                if !isDryRun {
                    try database.execute(
                        sql: "UPDATE failure SET message = ? WHERE id = ?", arguments: [message, row["id"] as Int64])
                }
            }
        }
        return rows.count == Self.page ? rows.last.map { $0["id"] as Int64 } : nil
    }

    /// As if it were dismissed: the run's sums stay true.
    private func remove(_ row: Row, _ database: Database) throws {
        let id: Int64 = row["id"]
        let run: Int64 = row["run"]
        let isListed = (row["recovered_in"] as Int64?) == nil && (row["dismissed_at"] as Double?) == nil
        if isListed {
            try database.execute(
                sql: """
                    UPDATE run SET dismissed = dismissed + 1
                    WHERE (id = ?1 AND NOT ?3) OR id IN (SELECT run FROM failure_try WHERE failure = ?2)
                    """, arguments: [run, id, row["was_rejected"] as Bool])
        }
        // A key that leads to it would no longer tell how it ended.
        try database.execute(
            sql: "DELETE FROM idempotency WHERE run = ? AND position = ? AND status IS NULL",
            arguments: [run, row["line"] as Int - 1])
        try database.execute(sql: "DELETE FROM failure_try WHERE failure = ?", arguments: [id])
        try database.execute(sql: "DELETE FROM failure WHERE id = ?", arguments: [id])
    }

    func storedRecords(_ database: Database, after last: Place, _ erasure: inout StoreErasure) throws -> Place? {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT stored_record.run, position, stored_record.cookie, is_open
                FROM stored_record JOIN run ON run.id = stored_record.run
                WHERE (stored_record.run, position) > (?, ?) ORDER BY stored_record.run, position LIMIT \(Self.page)
                """, arguments: [last.run, last.position])
        for row in rows where cookies.contains(row["cookie"]) {
            let run: Int64 = row["run"]
            if row["is_open"] {
                erasure.open[RunID(rawValue: run), default: 0] += 1
            } else {
                erasure.add(1, .storedRecords)
                if !isDryRun {
                    try database.execute(
                        sql: "DELETE FROM stored_record WHERE run = ? AND position = ?",
                        arguments: [run, row["position"] as Int])
                }
            }
        }
        guard rows.count == Self.page, let row = rows.last else { return nil }
        return Place(run: row["run"], position: row["position"])
    }

    func answers(_ database: Database, after last: String, _ erasure: inout StoreErasure) throws -> String? {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT key, answer FROM idempotency WHERE key > ? ORDER BY key LIMIT \(Self.page)",
            arguments: [last])
        for row in rows {
            let key: String = row["key"]
            let answer = String(decoding: row["answer"] as Data? ?? Data(), as: UTF8.self)
            if cookies.isFound(in: key) {
                erasure.add(1, .storedAnswers)
                if !isDryRun { try database.execute(sql: "DELETE FROM idempotency WHERE key = ?", arguments: [key]) }
            } else if let text = cookies.removed(fromAnswer: answer) {
                erasure.add(1, .storedAnswers)
                if !isDryRun {
                    try database.execute(
                        sql: "UPDATE idempotency SET answer = ? WHERE key = ?", arguments: [Data(text.utf8), key])
                }
            }
        }
        return rows.count == Self.page ? rows.last.map { $0["key"] as String } : nil
    }

    func notices(_ database: Database, after last: Int64, _ erasure: inout StoreErasure) throws -> Int64? {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, notices, is_open FROM run WHERE id > ? AND notices <> '[]' ORDER BY id LIMIT \(Self.page)
                """, arguments: [last])
        for row in rows where !(row["is_open"] as Bool) {
            guard let text = cookies.removed(from: row["notices"]) else { continue }
            erasure.add(1, .notices)
            if !isDryRun {
                try database.execute(
                    sql: "UPDATE run SET notices = ? WHERE id = ?", arguments: [text, row["id"] as Int64])
            }
        }
        return rows.count == Self.page ? rows.last.map { $0["id"] as Int64 } : nil
    }
}
