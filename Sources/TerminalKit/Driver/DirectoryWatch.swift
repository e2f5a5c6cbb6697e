import Foundation

/// Tells that something changed in a folder, through a descriptor that can be polled.
package final class DirectoryWatch {
    /// -1 where the system can't watch.
    package let descriptor: Int32
    private var watched: Int32 = -1

    package init() { descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC)) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Watches this folder instead of the one before; while it isn't there, the nearest one above it.
    /// - Parameter path: its bytes, with a zero at the end.
    package func watch(_ path: [CChar]) {
        guard descriptor >= 0 else { return }
        let changes = IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB
        let slash = CChar(bitPattern: UInt8(ascii: "/"))
        var path = path
        var new: Int32 = -1
        while new < 0 {
            new = inotify_add_watch(descriptor, path, UInt32(changes | IN_ONLYDIR | IN_DELETE_SELF | IN_MOVE_SELF))
            guard new < 0, let end = path.lastIndex(of: slash), path.count > 2 else { break }
            path = Array(path[..<max(1, end)]) + [0]
        }
        if watched >= 0, watched != new { inotify_rm_watch(descriptor, watched) }
        watched = new
    }

    /// Takes what has been told so far.
    /// - Returns: whether anything changed.
    package func drain() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        var hasChanged = false
        while read(descriptor, &bytes, bytes.count) > 0 { hasChanged = true }
        return hasChanged
    }
}
