import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation
import GRDB
import Synchronization
import SystemPackage

/// How the keys of a list move from the journal to files, and the files become few.
extension Journal {
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

    func replace(
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

    func nextPart(of list: Int64) async throws -> Int {
        try await write { database in
            let number = try Int.fetchOne(
                database, sql: "UPDATE list SET next_part = next_part + 1 WHERE id = ? RETURNING next_part",
                arguments: [list])
            return number ?? 0
        }
    }
}
