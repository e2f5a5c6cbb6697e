import DeliveryModel
import Foundation

/// Reads folders. It asks for the size and date of folders and CSV files only, so that 50,000 files take no time.
enum DirectoryListing {
    private static let extensions: Set<String> = ["csv", "tsv", "txt"]

    static func entries(of path: String) throws(DeliveryError) -> [Browser.Entry] {
        guard let stream = opendir(path) else { throw failure(path) }
        defer { closedir(stream) }
        let folder = dirfd(stream)
        var entries: [(key: String, entry: Browser.Entry)] = []
        while let item = readdir(stream) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let type = Int(item.pointee.d_type)
            let isCSV = isCSV(name)
            guard isCSV || type == Int(DT_DIR) || type == Int(DT_LNK) || type == Int(DT_UNKNOWN) else { continue }
            var facts = stat()
            guard fstatat(folder, name, &facts, 0) == 0 else { continue }
            let isFolder = facts.st_mode & S_IFMT == S_IFDIR
            guard isFolder || isCSV else { continue }
            let modified = Double(facts.st_mtim.tv_sec)
            let entry = Browser.Entry(
                name: name, isFolder: isFolder, size: Int(facts.st_size),
                modified: Date(timeIntervalSince1970: modified))
            entries.append(((isFolder ? "0" : "1") + name.lowercased(), entry))
        }
        entries.sort { $0.key < $1.key }
        return entries.map(\.entry)
    }

    static func isCSV(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    static func kind(of path: String) throws(DeliveryError) -> PathKind {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw failure(path) }
        switch facts.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: throw DeliveryError(.source, "\(path) is neither a file nor a folder")
        }
    }

    /// What the last part of a path could become.
    static func completions(of path: String) -> [String] {
        guard let slash = path.lastIndex(of: "/") else { return [] }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        let start = String(path[path.index(after: slash)...])
        guard let entries = try? entries(of: folder) else { return [] }
        return entries.filter { $0.name.hasPrefix(start) && (!start.isEmpty || !$0.name.hasPrefix(".")) }
            .prefix(500).map { $0.name + ($0.isFolder ? "/" : "") }
    }

    private static func failure(_ path: String) -> DeliveryError {
        DeliveryError(.source, "\(path): \(String(cString: strerror(errno)))")
    }
}
