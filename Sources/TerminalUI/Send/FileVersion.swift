import DeliveryModel
import Foundation

/// What tells one content of a file from another without reading it: enough to look again, never enough to skip anything.
struct FileVersion: Hashable, Sendable {
    var size = 0
    /// Nanoseconds since 1970.
    var modified = 0
    var inode = 0

    init(size: Int = 0, modified: Int = 0, inode: Int = 0) {
        self.size = size
        self.modified = modified
        self.inode = inode
    }

    init(_ status: stat) {
        size = Int(status.st_size)
        modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        inode = Int(status.st_ino)
    }

    init(path: String) throws(DeliveryError) {
        var status = stat()
        guard stat(try PathBytes.resolve(path), &status) == 0 else {
            throw DeliveryError(.source, "\(path): \(String(cString: strerror(errno)))")
        }
        self.init(status)
    }
}
