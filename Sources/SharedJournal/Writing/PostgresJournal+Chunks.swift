#if PostgreSQL
import DeliveryModel
import DeliveryStore
import DurableFiles
import Foundation
import SystemPackage

/// Sources that were handed to one node and may have to be read by another: their bytes are in the database before the
/// run is, and go from there into the spool of the node that continues it.
extension PostgresJournal {
    static let chunkSize = 1 << 20
    /// Rows of a transaction: no more than 4 MiB, so that a standby keeps up.
    static let chunksAtOnce = 4

    /// - Returns: how many chunks there are; `nil` when nobody will read it, or this program didn't copy the source.
    func storeChunks(of run: NewRun) async throws(DeliveryError) -> Int? {
        guard case .spool(let name) = run.location, !run.state.isFinal else { return nil }
        return try await storeChunks(of: directory.spool.appending(name), as: run.creation)
    }

    /// - Returns: how many chunks there are.
    func storeChunks(of path: FilePath, as source: Int64) async throws(DeliveryError) -> Int {
        let patience = patience
        do {
            return try await moving.perform { seat in
                let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
                defer { try? file.close() }
                var number = 0
                var waiting: [Statement] = []
                func send() throws {
                    let statements = waiting
                    _ = try seat.repeating(patience) { try seat.use { try $0.run(statements) } }
                    waiting = []
                }
                while let bytes = try Self.chunk(number, of: file) {
                    waiting.append(
                        Statement(
                            "INSERT INTO source_chunk (source, number, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                            [.integer(source), Value(number), .bytes(bytes)]))
                    number += 1
                    if waiting.count == Self.chunksAtOnce { try send() }
                }
                if !waiting.isEmpty { try send() }
                return number
            }
        } catch {
            throw describe(error)
        }
    }

    static func chunk(_ number: Int, of file: FileDescriptor) throws -> [UInt8]? {
        var filled = 0
        let bytes = try [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
            while filled < chunkSize {
                let read = try file.read(
                    fromAbsoluteOffset: Int64(number * chunkSize + filled),
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]))
                if read == 0 { break }
                filled += read
            }
            count = filled
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Brings a source into this node's spool.
    func fetch(_ name: String, _ source: Int64, _ chunks: Int) async throws(DeliveryError) {
        let path = directory.spool.appending(name)
        do {
            try await moving.perform { seat in
                guard access(path.string, F_OK) != 0 else { return }
                let file = try FileDraft(of: path, as: FilePath(path.string + ".arriving"))
                for number in 0..<chunks {
                    let bytes = try seat.repeating(Self.patience) {
                        try seat.use { session in
                            try session.run(
                                "SELECT bytes FROM source_chunk WHERE source = $1 AND number = $2",
                                [.integer(source), Value(number)]
                            ).rows.first?.bytes("bytes")
                        }
                    }
                    guard let bytes else {
                        throw DeliveryError(.source, "The shared journal no longer has \(name).")
                    }
                    try file.write(bytes)
                }
                try file.commit(.contentAndName)
            }
        } catch {
            throw describe(error)
        }
    }

    /// Removes some bytes that no open run needs.
    /// - Returns: whether there may be more.
    func clearSomeChunks() async throws(DeliveryError) -> Bool {
        try await writeAnywhere { session in
            try session.run(
                """
                DELETE FROM source_chunk WHERE (source, number) IN (
                    SELECT c.source, c.number FROM source_chunk AS c LEFT JOIN run ON run.creation = c.source
                    WHERE NOT run.is_open AND (NOT run.owns_path
                            OR run.state NOT LIKE '{"refused"%' AND run.hold IS DISTINCT FROM 'discarded')
                        OR run.id IS NULL AND c.stored_at < clock_timestamp() - interval '1 day'
                    LIMIT 16)
                """
            ).count == 16
        }
    }
}
#endif
