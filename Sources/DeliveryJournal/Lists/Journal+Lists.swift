public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB
import Synchronization
import SystemPackage

/// Lists of what was delivered.
///
/// A key enters the journal itself in the commit of its record's acknowledgement (`list_entry`). From time to time those
/// move to a file of sorted keys, which a row of `list_part` names from the commit on that removes them from the journal:
/// a process that dies before leaves a file that no row names and that is removed, and none is ever missing. Files of
/// like size are merged, so that there are few.
extension Journal {
    public func deliveryList(
        _ name: String, for api: String?, begunBy owner: RunOwner?
    ) async throws(DeliveryError) -> DeliveryList? {
        let now = Date().timeIntervalSince1970
        @Sendable func find(_ database: Database) throws -> DeliveryList? {
            try Row.fetchOne(
                database, sql: "SELECT id, secret FROM list WHERE name = ? AND api = ?", arguments: [name, api ?? ""]
            ).map { DeliveryList(id: $0["id"], secret: DeliverySecret(bytes: Array($0["secret"] as Data))) }
        }
        guard let owner else { return try await read(find) }
        return try await write { database in
            let secret = DeliverySecret.random()
            try database.execute(
                sql: """
                    INSERT INTO list (name, api, secret, created_at, used_at) VALUES (?1, ?2, ?3, ?4, ?4)
                    ON CONFLICT (name, api) DO UPDATE SET used_at = excluded.used_at
                    """, arguments: [name, api ?? "", Data(secret.bytes), now])
            try Self.countInDoubt(database, interruptedWith: name, for: api, except: owner)
            return try find(database)
        }
    }

    /// What interrupted runs with a list had under way is in no list, so the next run sends it although it may have
    /// arrived.
    private static func countInDoubt(
        _ database: Database, interruptedWith name: String, for api: String?, except owner: RunOwner
    ) throws {
        let runs = try Int64.fetchAll(
            database,
            sql: """
                SELECT id FROM run WHERE is_open AND owner IS NOT ? AND api IS ?
                    AND json_extract(options, '$.onlyNew') = ?
                """, arguments: [owner.instance, api, name])
        for run in runs { try countInDoubt(database, ofInterrupted: RunID(rawValue: run)) }
    }

    public func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int? {
        let records = try await deliveryLists().filter { $0.name == name }.map(\.records)
        guard !records.isEmpty else { return nil }
        let lists = try await read { database in
            try Int64.fetchAll(database, sql: "SELECT id FROM list WHERE name = ? ORDER BY id", arguments: [name])
        }
        for list in lists { await takeFiles(of: list) }
        defer { for list in lists { giveBackFiles(of: list) } }
        try await write { database in
            for list in lists {
                for table in ["list_entry", "list_part"] {
                    try database.execute(sql: "DELETE FROM \(table) WHERE list = ?", arguments: [list])
                }
                try database.execute(sql: "DELETE FROM list WHERE id = ?", arguments: [list])
            }
        }
        for list in lists { removeStrayKeyFiles(of: list, except: []) }
        return records.reduce(0, +)
    }

    // MARK: Looking up

    @concurrent
    public func delivered(_ keys: [DeliveryKey], in list: Int64) async throws(DeliveryError) -> [Bool] {
        // A file that was merged away meanwhile is looked for again under its new name.
        for isLast in [false, false, false, true] {
            let (parts, entries) = try await read(with: .keys) { database in
                (try Self.parts(database, of: list), try Self.entries(database, of: list, limit: .max).keys)
            }
            do {
                return try find(keys, list, parts, entries.sorted())
            } catch let error as Errno where error == .noSuchFileOrDirectory && !isLast {
                continue
            } catch {
                throw unusable(list, error)
            }
        }
        return []
    }

    func find(
        _ keys: [DeliveryKey], _ list: Int64, _ parts: [KeyPart], _ entries: [DeliveryKey]
    ) throws -> [Bool] {
        var found = Array(repeating: false, count: keys.count)
        // What stood in a larger one is not looked for in the others.
        for part in parts.sorted(by: { $0.records > $1.records }) {
            var file = try KeyFile(keyFile(list, part.number))
            defer { file.close() }
            try file.find(keys, into: &found)
        }
        var next = 0
        for (index, key) in keys.enumerated() {
            while next < entries.count, entries[next] < key { next += 1 }
            if next < entries.count, entries[next] == key { found[index] = true }
        }
        return found
    }

    // MARK: Files

    /// One task at a time writes a list's files.
    func takeFiles(of list: Int64) async {
        while !compacting.withLock({ $0.insert(list).inserted }) {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { await Task.yield() }
        }
    }

    func giveBackFiles(of list: Int64) { compacting.withLock { _ = $0.remove(list) } }

    var keyFolder: FilePath { FilePath(folder).appending("lists") }

    func keyFile(_ list: Int64, _ number: Int) -> FilePath { keyFolder.appending("\(list)-\(number).keys") }

    /// What a process that died has begun, or not yet removed.
    func removeStrayKeyFiles(of list: Int64, except known: Set<Int>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: keyFolder.string)) ?? []
        for name in names where name.hasPrefix("\(list)-") {
            let number = Int(name.dropFirst("\(list)-".count).prefix { $0 != "." }) ?? 0
            if !known.contains(number) || name.hasSuffix(".tmp") { unlink(keyFolder.appending(name).string) }
        }
    }

    func unusable(_ list: Int64, _ error: any Error) -> DeliveryError {
        if let error = error as? DeliveryError { return error }
        return DeliveryError(
            .journal,
            "What was delivered before can't be read or written in \(keyFolder): \(error). Nothing was sent without it: "
                + "fix that and resume.")
    }

    static func parts(_ database: Database, of list: Int64) throws -> [KeyPart] {
        try Row.fetchAll(
            database, sql: "SELECT number, records FROM list_part WHERE list = ? ORDER BY number", arguments: [list]
        ).map { KeyPart(number: $0["number"], records: $0["records"]) }
    }

    static func entries(
        _ database: Database, of list: Int64, limit: Int
    ) throws -> (keys: [DeliveryKey], last: Int64?) {
        var keys: [DeliveryKey] = []
        var last: Int64?
        let rows = try Row.fetchCursor(
            database, sql: "SELECT id, keys FROM list_entry WHERE list = ? ORDER BY id", arguments: [list])
        while keys.count < limit, let row = try rows.next() {
            keys += [DeliveryKey](bytes: row["keys"])
            last = row["id"]
        }
        return (keys, last)
    }
}
