import NIOCore
import NIOPosix
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is sent as the body of an answer, a piece at a time.
struct FileBody: Sendable {
    private static let pieceBytes = 256 * 1024

    private let descriptor: SystemPackage.FileDescriptor
    /// Bytes when it was opened; what is added later is not sent.
    let length: Int

    /// - Returns: `nil` when there is no such file.
    init?(path: String) async throws {
        let opened = try await NIOThreadPool.singleton.runIfActive { () -> (SystemPackage.FileDescriptor, Int)? in
            let descriptor: SystemPackage.FileDescriptor
            do {
                descriptor = try .open(FilePath(path), .readOnly, options: [.noFollow, .closeOnExec])
            } catch Errno.noSuchFileOrDirectory {
                return nil
            }
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0 else {
                try? descriptor.close()
                return nil
            }
            return (descriptor, Int(status.st_size))
        }
        guard let opened else { return nil }
        (descriptor, length) = opened
    }

    func close() { try? descriptor.close() }

    /// Reads all of it and closes it.
    /// - Throws: when the file has become shorter, or what `send` throws.
    func read(_ send: (ByteBuffer) async throws -> Void) async throws {
        defer { close() }
        var position = 0
        while position < length {
            let wanted = min(Self.pieceBytes, length - position)
            let piece = try await NIOThreadPool.singleton.runIfActive { [descriptor, position] in
                let bytes = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                    count = try descriptor.read(
                        fromAbsoluteOffset: Int64(position), into: UnsafeMutableRawBufferPointer(buffer))
                }
                return ByteBuffer(bytes: bytes)
            }
            guard piece.readableBytes > 0 else { throw RequestAborted() }
            position += piece.readableBytes
            try await send(piece)
        }
    }
}
