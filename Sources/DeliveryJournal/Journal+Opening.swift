public import DeliveryModel
import DeliveryStore
import Foundation
import GRDB
import SystemPackage

/// How the file is opened: to deliver, or only to look.
extension Journal {
    /// Opens the journal for the running process; creates it, or upgrades one of an older version and keeps a
    /// copy of it.
    static func openForDelivering(_ directory: StateDirectory) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        configuration.label = "journal"
        configuration.qos = .userInitiated
        configuration.prepareDatabase { database in
            // Takes effect when the file is created; an older one gets it with its upgrade.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            // What is removed from a page is overwritten there; whole pages are given back.
            try database.execute(sql: "PRAGMA secure_delete = FAST")
            try database.execute(sql: "PRAGMA cache_size = -4096")
        }
        try createPrivately(directory.journal)
        let queue = try DatabaseQueue(path: directory.journal.string, configuration: configuration)
        let migrator = JournalSchema.migrator(directory.path.string)
        guard try !queue.read(migrator.hasBeenSuperseded) else {
            throw DeliveryError(
                .journal,
                "The journal \(directory.journal) was written by a newer version of this program. Use that, or choose "
                    + "another --state-dir.")
        }
        let known = try queue.read(migrator.appliedIdentifiers)
        let isOld = try !known.isEmpty && !queue.read(migrator.hasCompletedMigrations)
        if isOld, let version = known.compactMap({ Int($0) }).max() {
            try keepCopy(of: queue, directory, version: version)
        }
        try migrator.migrate(queue)
        if isOld {
            // Space that is no longer needed can be given back from now on.
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
            }
        }
        return queue
    }

    /// What an upgrade can't bring back stays beside it.
    private static func keepCopy(of queue: DatabaseQueue, _ directory: StateDirectory, version: Int) throws {
        let copy = directory.path.appending("journal-version-\(version).sqlite")
        unlink(copy.string)
        try createPrivately(copy)
        do {
            try queue.vacuum(into: copy.string)
        } catch {
            unlink(copy.string)
            throw error
        }
    }

    /// SQLite creates its files with the process' mask; a file that exists keeps its mode, and the files beside it
    /// get the same.
    private static func createPrivately(_ path: FilePath) throws {
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .closeOnExec, .noFollow], permissions: [.ownerReadWrite])
        try descriptor.close()
    }

    // MARK: Looking

    /// The number of the newest change of the tables.
    public func schemaVersion() async throws(DeliveryError) -> Int {
        try await read {
            try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations").compactMap(Int.init).max() ?? 0
        }
    }

    /// Opens the journal so that nothing beside it or in it is created, changed or locked, whoever delivers while it is
    /// open.
    /// One of an older version is read as it is, from a private copy that nobody else sees.
    static func openForLooking(_ directory: StateDirectory) throws -> DatabaseQueue {
        let queue = try openUntouched(directory.journal)
        let migrator = JournalSchema.migrator(directory.path.string)
        if try queue.read(migrator.hasCompletedMigrations) { return queue }
        if try queue.read(migrator.hasBeenSuperseded) { return queue }
        guard try !queue.read(migrator.appliedIdentifiers).isEmpty else {
            throw DatabaseError(resultCode: .SQLITE_ERROR, message: "no tables")
        }
        // A database without a name is SQLite's own temporary file, gone with its connection.
        let copy = try DatabaseQueue(path: "")
        try queue.backup(to: copy)
        try queue.close()
        try migrator.migrate(copy)
        return copy
    }

    private static func openUntouched(_ path: FilePath) throws -> DatabaseQueue {
        // Without a log beside it nobody works on it, and the file alone is all there is.
        guard exists(path, "-wal") else { return try open(path, "immutable=1") }
        // A read-only index makes SQLite neither write to it nor repair it.
        if exists(path, "-shm"), let queue = try? open(path, "readonly_shm=1") { return queue }
        return try openCopy(path)
    }

    private static func open(_ path: FilePath, _ parameter: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        configuration.label = "journal"
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: ";")
        let name = path.string.addingPercentEncoding(withAllowedCharacters: allowed) ?? path.string
        let queue = try DatabaseQueue(path: "file:\(name)?mode=ro&\(parameter)", configuration: configuration)
        _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM run WHERE id = 0") }
        return queue
    }

    /// A log whose index is gone: a killed process' files that were moved. SQLite would have to write to read them.
    private static func openCopy(_ path: FilePath) throws -> DatabaseQueue {
        let folder = FilePath(NSTemporaryDirectory()).appending("journal-\(UUID().uuidString)")
        guard mkdir(folder.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let copy = folder.appending("journal.sqlite")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path.string + suffix, toPath: copy.string + suffix)
        }
        let queue = try DatabaseQueue(path: copy.string)
        let memory = try DatabaseQueue(path: "")
        try queue.backup(to: memory)
        try queue.close()
        return memory
    }

    private static func exists(_ path: FilePath, _ suffix: String) -> Bool {
        access(path.string + suffix, F_OK) == 0
    }
}
