public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB
import Synchronization
public import SystemPackage

/// What survives the process: runs, batches and failed records, in one SQLite file.
///
/// A delivering process writes with one connection: concurrent connections that write or checkpoint a WAL can corrupt it
/// in the SQLite versions that Debian ships. What only looks, in this process or another, has read-only connections, so
/// that a long list never holds up a commit.
public final class Journal: DurableStore {
    public let path: FilePath
    /// The state directory, to which paths are relative.
    let folder: String
    let queue: DatabaseQueue
    /// Opened when something is looked at for the first time.
    private let readers = Mutex<[Reader: DatabaseQueue]>([:])
    private let isReadOnly: Bool
    let groupCommit: GroupCommit
    /// Lists whose files are being written.
    let compacting = Mutex<Set<Int64>>([])

    /// A connection that looks on: what goes through a whole table must not keep waiting what takes a few rows.
    enum Reader: String, Sendable { case rows, lists, keys, totals }

    /// Opens the journal of a state directory, and creates it when it may be written.
    /// - Throws: `DeliveryError` of code `journal`: what is wrong with the file, and what to do.
    public init(_ directory: StateDirectory, readOnly: Bool = false) throws(DeliveryError) {
        path = directory.journal
        folder = directory.path.string
        isReadOnly = readOnly
        do {
            queue = try readOnly ? Self.openForLooking(directory) : Self.openForDelivering(directory)
            groupCommit = GroupCommit(queue, folder: folder)
            // Early, so that a run that has used up all descriptors can still be brought to its end.
            if !readOnly { _ = try self.queue(of: .rows) }
        } catch {
            throw Self.describe(error, directory.journal)
        }
    }

    /// Ends all work on the file; later calls throw.
    public func close() {
        for reader in readers.withLock({ $0.values.map { $0 } }) { try? reader.close() }
        try? queue.close()
    }

    public func checkWritable() async throws(DeliveryError) {
        do {
            // A row that comes and goes: only what changes a page reaches the disk.
            try await queue.write { database in
                try database.execute(sql: "INSERT INTO idempotency (key, digest, created) VALUES ('', x'', 0)")
                try database.execute(sql: "DELETE FROM idempotency WHERE key = ''")
            }
        } catch {
            throw describe(error)
        }
    }

    public func beginCommits() { groupCommit.begin() }

    public func commit(
        _ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void
    ) {
        groupCommit.add(operations) { [self] result in
            if case .failure(let error) = result { completion(describe(error)) } else { completion(nil) }
        }
    }

    public func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void) {
        groupCommit.addPatiently(operations) { [self] result in
            if case .failure(let error) = result { failed(describe(error)) }
        }
    }

    func describe(_ error: any Error) -> DeliveryError { Self.describe(error, path) }

    func read<Value: Sendable>(
        with reader: Reader = .rows, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(DeliveryError) -> Value {
        do {
            return try await queue(of: reader).read(body)
        } catch {
            throw describe(error)
        }
    }

    private func queue(of reader: Reader) throws -> DatabaseQueue {
        if isReadOnly { return queue }
        return try readers.withLock { known in
            if let known = known[reader] { return known }
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(2)
            configuration.label = "journal-\(reader.rawValue)"
            let new = try DatabaseQueue(path: path.string, configuration: configuration)
            known[reader] = new
            return new
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(DeliveryError) -> Value {
        do {
            return try await queue.write(body)
        } catch {
            throw describe(error)
        }
    }

    static func describe(_ error: any Error, _ path: FilePath) -> DeliveryError {
        if let error = error as? DeliveryError { return error }
        if SystemFault.isOutOfDescriptors(error) || SystemFault.hasNoDescriptorLeft {
            return DeliveryError(.journal, "The journal \(path) can't be used: \(SystemFault.outOfDescriptors)")
        }
        if let error = error as? Errno {
            return DeliveryError(.journal, "The journal \(path) can't be opened: \(error). Choose another --state-dir.")
        }
        guard let error = error as? DatabaseError else {
            return DeliveryError(.journal, "The journal \(path) can't be used: \(error).")
        }
        let what =
            switch error.resultCode {
            case .SQLITE_FULL: "is on a full disk. Free up space; \(DeliveryError.resumesThen)"
            case .SQLITE_IOERR:
                "can't be written (\(error.message ?? "I/O error")). Check the disk; \(DeliveryError.resumesThen)"
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                "is damaged. Nothing was changed: move it away (keep it) or choose another --state-dir."
            case .SQLITE_BUSY, .SQLITE_LOCKED: "is in use by another program. Stop it and try again."
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                "can't be opened for writing. Check its owner and mode, or choose another --state-dir."
            case .SQLITE_ERROR:
                "is missing the tables of this version: it is empty, damaged or written by another version."
            default: "can't be used (\(error.message ?? "code \(error.resultCode.rawValue)"))."
            }
        return DeliveryError(.journal, "The journal \(path) \(what)")
    }
}
