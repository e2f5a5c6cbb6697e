import DurableFiles
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
        let file = try FileDraft(of: path, as: path.removingLastComponent().appending(draft), mode: mode)
        try file.write(bytes)
        try file.commit(syncsFolder ? .contentAndName : .content)
    }

    /// Adds to the end of a file that exists.
    static func append(_ bytes: [UInt8], to path: FilePath, syncs: Bool) throws {
        let file = try FileDescriptor.open(path, .writeOnly, options: [.append, .closeOnExec, .noFollow])
        try file.closeAfter {
            try file.writeAll(bytes)
            if syncs, fsync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
        }
    }
}
