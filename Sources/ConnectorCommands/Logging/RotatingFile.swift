import Foundation
import SystemPackage

/// A file that lines are appended to. When it has grown to its limit it is set aside, and a few of those are kept.
struct RotatingFile: ~Copyable {
    static let defaultLimit = 10 << 20
    static let defaultKept = 3

    private let path: FilePath
    private let limit: Int
    private let kept: Int
    private var descriptor: FileDescriptor
    private var size: Int

    /// - Parameters:
    ///   - limit: bytes of the file before it is set aside.
    ///   - kept: how many older ones stay, as `NAME.1` (the newest), `NAME.2` …
    /// - Throws: `Errno` when it can't be opened.
    init(_ path: FilePath, limit: Int = Self.defaultLimit, kept: Int = Self.defaultKept) throws {
        self.path = path
        self.limit = limit
        self.kept = kept
        descriptor = try Self.open(path)
        size = Int((try? descriptor.seek(offset: 0, from: .end)) ?? 0)
    }

    deinit { try? descriptor.close() }

    /// Writes the bytes, into a new file when they would not fit into this one. What can't be written is lost.
    mutating func append(_ bytes: [UInt8]) {
        if size > 0, size + bytes.count > limit { rotate() }
        guard (try? descriptor.writeAll(bytes)) != nil else { return }
        size += bytes.count
    }

    private mutating func rotate() {
        for number in stride(from: kept - 1, through: 1, by: -1) {
            rename(path.string + ".\(number)", path.string + ".\(number + 1)")
        }
        // When another file can't be opened, the old one keeps growing.
        guard rename(path.string, path.string + ".1") == 0, let new = try? Self.open(path) else { return }
        try? descriptor.close()
        descriptor = new
        size = 0
    }

    private static func open(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(
            path, .writeOnly, options: [.create, .append, .closeOnExec, .noFollow], permissions: [.ownerReadWrite])
    }
}
