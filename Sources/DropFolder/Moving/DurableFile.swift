import Foundation
import SystemPackage

/// Files that are whole on the disk, or not there.
enum DurableFile {
    /// - Parameter draft: the name under which it is written first, the same when it is written again after a crash:
    ///   what was left then is replaced.
    /// - Parameter syncsFolder: without it the file is whole wherever it is found after a crash, and perhaps not found.
    static func write(
        _ bytes: [UInt8], to path: FilePath, draft: String, mode: FilePermissions, syncsFolder: Bool = true
    ) throws {
        let new = path.removingLastComponent().appending(draft)
        unlink(new.string)
        let file = try FileDescriptor.open(
            new, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow], permissions: mode)
        do {
            try file.closeAfter {
                try file.writeAll(bytes)
                _ = fchmod(file.rawValue, mode.rawValue)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(new.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(new.string)
            throw error
        }
        if syncsFolder { try sync(folder: path.removingLastComponent()) }
    }

    /// Adds to the end of a file that exists.
    static func append(_ bytes: [UInt8], to path: FilePath, syncs: Bool) throws {
        let file = try FileDescriptor.open(path, .writeOnly, options: [.append, .closeOnExec, .noFollow])
        try file.closeAfter {
            try file.writeAll(bytes)
            if syncs, fsync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
        }
    }

    static func sync(folder: FilePath) throws {
        let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.closeOnExec, .directory])
        defer { try? descriptor.close() }
        // Some network file systems have nothing to do for a folder, and say so.
        guard fsync(descriptor.rawValue) == 0 || errno == EINVAL else { throw Errno(rawValue: errno) }
    }
}
