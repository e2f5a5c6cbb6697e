import DeliveryModel
private import Foundation
import NIOCore
import NIOPosix
import SystemPackage

/// A file that is being received: it gets its name only when all of it is on the disk.
struct SpoolFile: Sendable {
    private let descriptor: SystemPackage.FileDescriptor
    private let directory: String
    private let temporaryPath: String
    private let path: String
    private let threads: NIOThreadPool
    private let checkRoom: @Sendable () throws -> Void
    private var waiting: [ByteBuffer] = []
    private var waitingBytes = 0

    /// Writes of this size keep the disk busy without holding much memory.
    private static let writeSize = 512 * 1024

    /// - Parameter checkRoom: asked before each write; what it throws ends the file.
    /// - Throws: `Errno`.
    init(
        in directory: String, threads: NIOThreadPool, checkRoom: @escaping @Sendable () throws -> Void = {}
    ) async throws {
        let path = directory + "/" + SpoolName.newUpload()
        let temporaryPath = path + SpoolName.partSuffix
        self.directory = directory
        self.path = path
        self.temporaryPath = temporaryPath
        self.threads = threads
        self.checkRoom = checkRoom
        descriptor = try await threads.runIfActive {
            try SystemPackage.FileDescriptor.open(
                FilePath(temporaryPath), .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
        }
    }

    mutating func write(_ bytes: ByteBuffer) async throws {
        waiting.append(bytes)
        waitingBytes += bytes.readableBytes
        if waitingBytes >= Self.writeSize { try await flush() }
    }

    private mutating func flush() async throws {
        let buffers = waiting
        waiting.removeAll(keepingCapacity: true)
        waitingBytes = 0
        try await threads.runIfActive { [descriptor, checkRoom] in
            try checkRoom()
            for buffer in buffers {
                _ = try buffer.withUnsafeReadableBytes { try descriptor.writeAll($0) }
            }
        }
    }

    /// Makes the file durable and gives it its name.
    /// - Returns: its path.
    mutating func finish() async throws -> String {
        try await flush()
        try await threads.runIfActive { [descriptor, directory, temporaryPath, path] in
            try Self.synchronize(descriptor)
            guard rename(temporaryPath, path) == 0 else { throw Errno(rawValue: errno) }
            let folder = try SystemPackage.FileDescriptor.open(FilePath(directory), .readOnly, options: .directory)
            defer { try? folder.close() }
            try Self.synchronize(folder)
            // Last: what throws before leaves it to `discard`, and a number that was closed twice may be another file's.
            try? descriptor.close()
        }
        return path
    }

    /// Forgets a file that was not finished.
    func discard() async {
        _ = try? await threads.runIfActive { [descriptor, temporaryPath, path] in
            try? descriptor.close()
            unlink(temporaryPath)
            unlink(path)
        }
    }

    /// Removes a finished file that no run took.
    static func remove(_ path: String, threads: NIOThreadPool) async {
        _ = try? await threads.runIfActive { unlink(path) }
    }

    /// Removes what was being received when an earlier process died. Nobody was told that it had been accepted.
    static func removeUnfinished(in directory: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory)
        where SpoolName.isPart(name) {
            unlink(directory + "/" + name)
        }
    }

    private static func synchronize(_ descriptor: SystemPackage.FileDescriptor) throws {
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
