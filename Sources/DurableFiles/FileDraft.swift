import Foundation
public import SystemPackage

/// A file that is written under another name first, so that it is found whole or as it was before, and never in between.
///
/// It takes its place with `commit`. Without that nothing of it is left when the last user lets it go.
public final class FileDraft {
    /// What outlives a crash of the machine once `commit` has returned.
    public enum Durability: Hashable, Sendable {
        case nothing
        /// The file is whole wherever it is found, and perhaps the one before it is found instead.
        case content
        /// The file is found whole.
        case contentAndName
    }

    public let descriptor: FileDescriptor
    private let path: FilePath
    private let draft: FilePath
    private var isOpen = true
    private var isCommitted = false

    /// - Parameters:
    ///   - path: where it is found once it is committed; a file that lies there is replaced.
    ///   - draft: beside it. What a process that was killed has left under this name is removed.
    ///   - mode: whatever the process' mask says.
    /// - Throws: `Errno`.
    public init(of path: FilePath, as draft: FilePath, mode: FilePermissions = [.ownerReadWrite]) throws {
        self.path = path
        self.draft = draft
        unlink(draft.string)
        descriptor = try FileDescriptor.open(
            draft, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow], permissions: mode)
        _ = fchmod(descriptor.rawValue, mode.rawValue)
    }

    deinit {
        if isOpen { try? descriptor.close() }
        if !isCommitted { unlink(draft.string) }
    }

    public func write(_ bytes: some Sequence<UInt8>) throws { try descriptor.writeAll(bytes) }

    public func write(_ bytes: UnsafeRawBufferPointer) throws { try descriptor.writeAll(bytes) }

    /// - Throws: `Errno`; the file that was there before is untouched then.
    public func commit(_ durability: Durability) throws {
        if durability != .nothing { try Self.synchronize(descriptor) }
        isOpen = false
        try descriptor.close()
        guard rename(draft.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        isCommitted = true
        if durability == .contentAndName { try Self.synchronize(folder: path.removingLastComponent()) }
    }

    /// Makes durable which names a folder has.
    public static func synchronize(folder: FilePath) throws {
        let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.closeOnExec, .directory])
        defer { try? descriptor.close() }
        // Some network file systems have nothing to do for a folder, and say so.
        guard fsync(descriptor.rawValue) == 0 || errno == EINVAL else { throw Errno(rawValue: errno) }
    }

    private static func synchronize(_ file: FileDescriptor) throws {
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
