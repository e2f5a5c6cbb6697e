#if PostgreSQL
public import DeliveryModel
public import DeliveryStore
import DurableFiles
import Foundation
import Logging
import Synchronization
import SystemPackage

/// A file of an operator's that is being delivered here, to be copied into the journal.
struct LocalFile: Hashable, Sendable {
    var run: RunID
    /// As what its bytes are stored.
    var source: Int64
    var path: String
    var fingerprint: SourceFingerprint
}

/// Files of operators go into the journal while they are delivered, so that a node that takes over needs no such file.
extension PostgresJournal {
    /// Fetches the bytes of an upload that another node took in, or of a file that only that one has, when they are not
    /// here yet.
    public func source(of run: RunID) async throws(DeliveryError) -> LocatedSource? {
        let found = try await read { session in
            try session.run(
                "SELECT path, owns_path, fingerprint, creation, chunks FROM run WHERE id = $1", [Value(run)]
            ).rows.first.map { row in
                (try LocatedSource(row: row), row.integer("creation"), row.integer("chunks").map(Int.init))
            }
        }
        guard var source = found?.0 else { return nil }
        guard case .delivering = role, let creation = found?.1, let chunks = found?.2 else { return source }
        if case .file(let path) = source.location, access(path, R_OK) != 0 {
            try await write { try Self.useCopy(of: run.rawValue, creation, $0, node: $1) }
            source.location = .spool(name: Self.spoolName(ofSource: creation))
        }
        if case .spool(let name) = source.location { try await fetch(name, creation, chunks) }
        return source
    }

    public func fingerprint(of run: RunID) async throws(DeliveryError) -> SourceFingerprint? {
        try await read { session in
            try session.run("SELECT path, owns_path, fingerprint FROM run WHERE id = $1", [Value(run)]).rows.first
                .flatMap { try LocatedSource(row: $0).fingerprint }
        }
    }

    func noteLocalFile(_ run: RunID, _ creation: Int64, _ location: SourceLocation, _ fingerprint: SourceFingerprint?) {
        guard case .delivering(let identity) = role, case .file(let path) = location, let fingerprint,
            fingerprint.size <= identity.shareLimit
        else { return }
        localFiles.withLock { $0.append(LocalFile(run: run, source: creation, path: path, fingerprint: fingerprint)) }
    }

    /// Copies one file after the other, until the task is canceled.
    func copyLocalFiles(_ logger: Logger) async {
        while await sleep(for: .seconds(1)) {
            guard membership.isMember, contact.absence == nil,
                let file = localFiles.withLock({ $0.isEmpty ? nil : $0.removeFirst() })
            else { continue }
            do {
                if try await copy(file) { logger.info("any node can continue with \(file.path) now") }
            } catch {
                if (error as? PostgreSQLFault)?.isConnectionLost == true {
                    localFiles.withLock { $0.append(file) }
                } else {
                    // Nodes that see the file can continue with it all the same.
                    logger.info("\(file.path) is not copied into the shared journal: \(describe(error).message)")
                }
            }
        }
    }

    /// - Returns: whether all of it is there; not when the file changed, or its run has ended.
    private func copy(_ file: LocalFile) async throws -> Bool {
        guard Self.isUnchanged(file) else { return false }
        var number = try await moving.perform { seat in
            try seat.use { session in
                try session.run(
                    "SELECT count(*) AS count FROM source_chunk WHERE source = $1", [.integer(file.source)]
                ).rows.first?.int("count") ?? 0
            }
        }
        while let next = try await copySome(of: file, from: number), next > number {
            number = next
            // Sending comes first: it has the database for itself half of the time.
            guard await sleep(for: .milliseconds(50)) else { return false }
        }
        guard Self.isUnchanged(file) else { return false }
        let chunks = number
        return try await write { session, node in
            try session.run(
                "UPDATE run SET chunks = $3 WHERE id = $1 AND owner_node = $2 AND is_open",
                [Value(file.run), .text(node), Value(chunks)]
            ).count > 0
        }
    }

    /// A transaction's worth, by the run's owner only.
    /// - Returns: the number of the next chunk; `nil` when there is none.
    private func copySome(of file: LocalFile, from first: Int) async throws -> Int? {
        let node = membership.id
        return try await moving.perform { seat in
            let descriptor = try FileDescriptor.open(file.path, .readOnly, options: .closeOnExec)
            defer { try? descriptor.close() }
            var statements = [
                Statement("BEGIN"), Statement("SELECT require_owner($1, $2)", [.text(node), Value(file.run)]),
            ]
            var number = first
            while number < first + Self.chunksAtOnce, let bytes = try Self.chunk(number, of: descriptor) {
                statements.append(
                    Statement(
                        "INSERT INTO source_chunk (source, number, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                        [.integer(file.source), Value(number), .bytes(bytes)]))
                number += 1
            }
            guard number > first else { return nil }
            try seat.use { session in
                do {
                    _ = try session.run(statements + [Statement("COMMIT")])
                } catch {
                    if (error as? PostgreSQLFault)?.isConnectionLost != true { _ = try? session.run("ROLLBACK") }
                    throw error
                }
            }
            return number
        }
    }

    private static func isUnchanged(_ file: LocalFile) -> Bool {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return false }
        let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        return Int(status.st_size) == file.fingerprint.size && modified == file.fingerprint.modified
    }

    // MARK: Where the file is not

    /// As what a copy of a file lies in the spool of a node that does not have it.
    static func spoolName(ofSource creation: Int64) -> String { "shared-\(UInt64(bitPattern: creation))" }

    /// From here on the run reads the copy that the journal has of its file, wherever it is continued.
    static func useCopy(of run: Int64, _ creation: Int64, _ session: Session, node: String) throws {
        try session.run(
            """
            UPDATE run SET path = $3, owns_path = true
            WHERE id = $1 AND coalesce(owner_node, $2) = $2 AND is_open AND NOT owns_path AND chunks IS NOT NULL
            """, [.integer(run), .text(node), .text(spoolName(ofSource: creation))])
    }
}
#endif
