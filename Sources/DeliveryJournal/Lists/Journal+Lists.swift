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

    // MARK: Compacting

    @concurrent
    public func compactDelivered(in list: Int64) async throws(DeliveryError) {
        // Another run of the same list does it already; nothing depends on when it is done.
        guard compacting.withLock({ $0.insert(list).inserted }) else { return }
        defer { giveBackFiles(of: list) }
        do {
            try StateDirectory.createFolder(keyFolder)
            removeStrayKeyFiles(of: list, except: Set(try await read { try Self.parts($0, of: list) }.map(\.number)))
            while try await storeEntries(of: list) {}
            while try await mergeSome(of: list) {}
        } catch {
            throw unusable(list, error)
        }
    }

    /// Moves keys from the journal to a file.
    /// - Returns: whether there may be more.
    private func storeEntries(of list: Int64) async throws -> Bool {
        let taken = try await read(with: .keys) { try Self.entries($0, of: list, limit: 1 << 20) }
        guard let last = taken.last else { return false }
        let keys = taken.keys.sorted()
        // What two runs delivered stands in one file only, so that the sum of the files is the number of records.
        let known = try find(keys, list, try await read { try Self.parts($0, of: list) }, [])
        try await write(keys, except: known, in: list) { database in
            try database.execute(
                sql: "DELETE FROM list_entry WHERE list = ? AND id <= ?", arguments: [list, last])
        }
        return taken.keys.count >= 1 << 20
    }

    /// Merges files of like size.
    private func mergeSome(of list: Int64) async throws -> Bool {
        let parts = KeyPart.worthMerging(try await read { try Self.parts($0, of: list) })
        guard parts.count > 1 else { return false }
        let files = try parts.map { try KeyFile(keyFile(list, $0.number)) }
        defer { for file in files { file.close() } }
        let number = try await nextPart(of: list)
        var writer = try KeyFileWriter(keyFile(list, number))
        var cursors = try files.map(KeyFile.Cursor.init)
        while true {
            var least: (index: Int, key: DeliveryKey)?
            for (index, cursor) in cursors.enumerated() {
                if let key = cursor.key, least.map({ key < $0.key }) ?? true { least = (index, key) }
            }
            guard let (index, key) = least else { break }
            try writer.add(key)
            try cursors[index].advance()
        }
        try await replace(parts, by: number, records: try writer.finish(), of: list)
        return true
    }

    /// Writes a new file of those that are not known, in one commit with `also`.
    private func write(
        _ keys: [DeliveryKey], except known: [Bool], in list: Int64,
        also: @escaping @Sendable (Database) throws -> Void
    ) async throws {
        guard known.contains(false) else { return try await write(also) }
        let number = try await nextPart(of: list)
        var writer = try KeyFileWriter(keyFile(list, number))
        for (key, isKnown) in zip(keys, known) where !isKnown { try writer.add(key) }
        try await replace([], by: number, records: try writer.finish(), of: list, also: also)
    }

    private func replace(
        _ old: [KeyPart], by number: Int, records: Int, of list: Int64,
        also: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) async throws {
        let isThere = try await write { database in
            for part in old {
                try database.execute(
                    sql: "DELETE FROM list_part WHERE list = ? AND number = ?", arguments: [list, part.number])
            }
            // A list that was removed meanwhile stays removed.
            try database.execute(
                sql: "INSERT INTO list_part SELECT id, ?, ? FROM list WHERE id = ?", arguments: [number, records, list])
            let isThere = database.changesCount > 0
            try also(database)
            return isThere
        }
        for part in old { unlink(keyFile(list, part.number).string) }
        if !isThere { unlink(keyFile(list, number).string) }
    }

    private func nextPart(of list: Int64) async throws -> Int {
        try await write { database in
            let number = try Int.fetchOne(
                database, sql: "UPDATE list SET next_part = next_part + 1 WHERE id = ? RETURNING next_part",
                arguments: [list])
            return number ?? 0
        }
    }

    // MARK: Erasing

    func secrets() async throws(DeliveryError) -> [DeliveryList] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT id, secret FROM list ORDER BY id").map {
                DeliveryList(id: $0["id"], secret: DeliverySecret(bytes: Array($0["secret"] as Data)))
            }
        }
    }

    /// Takes keys out of a list.
    /// - Returns: how many there were.
    func eraseDelivered(_ keys: [DeliveryKey], from list: Int64, isDryRun: Bool) async throws(DeliveryError) -> Int {
        let sorted = keys.sorted()
        let count = try await delivered(sorted, in: list).count { $0 }
        guard count > 0, !isDryRun else { return count }
        let erased = Set(keys)
        await takeFiles(of: list)
        defer { giveBackFiles(of: list) }
        do {
            try await write { database in
                for row in try Row.fetchAll(
                    database, sql: "SELECT id, keys FROM list_entry WHERE list = ?", arguments: [list])
                {
                    let known = [DeliveryKey](bytes: row["keys"])
                    let kept = known.filter { !erased.contains($0) }
                    if kept.count < known.count {
                        try database.execute(
                            sql: "UPDATE list_entry SET keys = ? WHERE id = ?",
                            arguments: [kept.bytes, row["id"] as Int64])
                    }
                }
            }
            for part in try await read({ try Self.parts($0, of: list) }) {
                var file = try KeyFile(keyFile(list, part.number))
                defer { file.close() }
                var found = Array(repeating: false, count: sorted.count)
                try file.find(sorted, into: &found)
                guard found.contains(true) else { continue }
                let number = try await nextPart(of: list)
                var writer = try KeyFileWriter(keyFile(list, number))
                for start in stride(from: 0, to: file.count, by: 1 << 16) {
                    for key in try file.keys(start, min(1 << 16, file.count - start)) where !erased.contains(key) {
                        try writer.add(key)
                    }
                }
                try await replace([part], by: number, records: try writer.finish(), of: list)
            }
        } catch {
            throw unusable(list, error)
        }
        return count
    }

    // MARK: Files

    /// One task at a time writes a list's files.
    private func takeFiles(of list: Int64) async {
        while !compacting.withLock({ $0.insert(list).inserted }) {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { await Task.yield() }
        }
    }

    private func giveBackFiles(of list: Int64) { compacting.withLock { _ = $0.remove(list) } }

    private var keyFolder: FilePath { FilePath(folder).appending("lists") }

    private func keyFile(_ list: Int64, _ number: Int) -> FilePath { keyFolder.appending("\(list)-\(number).keys") }

    /// What a process that died has begun, or not yet removed.
    private func removeStrayKeyFiles(of list: Int64, except known: Set<Int>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: keyFolder.string)) ?? []
        for name in names where name.hasPrefix("\(list)-") {
            let number = Int(name.dropFirst("\(list)-".count).prefix { $0 != "." }) ?? 0
            if !known.contains(number) || name.hasSuffix(".tmp") { unlink(keyFolder.appending(name).string) }
        }
    }

    private func unusable(_ list: Int64, _ error: any Error) -> DeliveryError {
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

/// A file of a list.
struct KeyPart: Hashable, Sendable {
    var number: Int
    var records: Int

    /// The smallest ones of like size: each is no more than four times what is before it. So there are few files, and
    /// each key is written again only a few times.
    static func worthMerging(_ parts: [KeyPart]) -> [KeyPart] {
        let sorted = parts.sorted { ($0.records, $0.number) < ($1.records, $1.number) }
        for start in sorted.indices {
            var records = 0
            let chosen = sorted[start...].prefix { part in
                defer { records += part.records }
                return records == 0 || part.records <= 4 * records
            }
            if chosen.count > 1 { return Array(chosen) }
        }
        return []
    }
}

extension [DeliveryKey] {
    init(bytes: Data) {
        self.init(unsafeUninitializedCapacity: bytes.count / DeliveryKey.size) { buffer, count in
            count = bytes.count / DeliveryKey.size
            _ = bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer), count: count * DeliveryKey.size)
        }
    }

    var bytes: Data { withUnsafeBytes { Data($0) } }
}

extension DeliverySecret {
    init(bytes: [UInt8]) {
        let words = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - 7, by: 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
        self.init(first: words.first ?? 0, second: words.last ?? 0)
    }

    var bytes: [UInt8] {
        [first, second].flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }
}
