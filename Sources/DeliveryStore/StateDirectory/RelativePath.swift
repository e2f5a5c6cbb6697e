import Foundation

/// Paths of files in the state directory are kept relative to it, so that it can be moved, or lie elsewhere on another node.
package enum RelativePath {
    /// - Returns: the path as it is kept: relative when its file lies in the folder, however both are spelled.
    package static func stored(_ path: String, in folder: String) -> String {
        var rest = path[...]
        var names: [Substring] = []
        while let slash = rest.lastIndex(of: "/") {
            names.insert(rest[rest.index(after: slash)...], at: 0)
            rest = rest[..<slash]
            if isSame(rest.isEmpty ? "/" : String(rest), folder) { return names.joined(separator: "/") }
        }
        return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// - Returns: the path as it is used.
    package static func used(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        var first = stat()
        var second = stat()
        return stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }
}
