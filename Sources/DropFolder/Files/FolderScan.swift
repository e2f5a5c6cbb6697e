import Foundation
import SystemPackage

/// What lies in a folder now.
struct FolderScan {
    /// Regular files whose names are wanted.
    var entries: [FolderEntry] = []
    /// Regular files with complete names that no pattern matches.
    var unmatched: [EntryName] = []

    /// - Throws: `Errno` when the folder can't be read.
    init(_ folder: FilePath, patterns: [GlobPattern]) throws {
        guard let directory = opendir(folder.string) else { throw Errno(rawValue: errno) }
        defer { closedir(directory) }
        let descriptor = dirfd(directory)
        while true {
            errno = 0
            guard let item = readdir(directory) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return
            }
            let bytes = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            let name = EntryName(bytes)
            guard !name.isTemporary, let status = name.status(in: descriptor), status.st_mode & S_IFMT == S_IFREG
            else { continue }
            let identity = FileIdentity(status)
            if patterns.contains(where: { $0.matches(name) }) {
                entries.append(FolderEntry(name: name, identity: identity))
            } else {
                unmatched.append(name)
            }
        }
    }
}

extension FileIdentity {
    /// - Returns: `nil` when there is no regular file of that name; a link is none.
    init?(_ name: EntryName, in folder: CInt) {
        guard let status = name.status(in: folder), status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}

extension EntryName {
    /// What lies under the name in an open folder, links not followed; `nil` when nothing does.
    func status(in folder: CInt) -> stat? {
        var status = stat()
        let path = bytes.map { CChar(bitPattern: $0) } + [0]
        return fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// The name as the system takes it.
    func withPath<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { pointer in
                guard let start = pointer.baseAddress else { preconditionFailure("an array with a NUL has a place") }
                return body(start)
            }
        }
    }
}
