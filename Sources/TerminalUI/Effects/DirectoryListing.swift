import DeliveryModel
import Foundation

/// Reads folders. It asks for the size and date of folders and CSV files only, so that 50,000 files take no time.
enum DirectoryListing {
    private static let extensions = [".csv", ".tsv", ".txt"]

    /// - Parameter wanted: a file that is listed whatever it is called.
    static func entries(of path: String, including wanted: String? = nil) throws(DeliveryError) -> [Browser.Entry] {
        guard let stream = opendir(try PathBytes.resolve(path)) else { throw failure(path) }
        defer { closedir(stream) }
        let folder = dirfd(stream)
        var entries: [Browser.Entry] = []
        while let item = readdir(stream) {
            // The bytes of the name are asked for, not what a string makes of them: they need not be UTF-8.
            let found = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { bytes in
                    look(at: bytes, in: folder, type: Int(item.pointee.d_type), including: wanted)
                }
            }
            guard let (name, status) = found else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            guard isFolder || isCSV(name) || name == wanted else { continue }
            let modified = Double(status.st_mtim.tv_sec)
            entries.append(
                Browser.Entry(
                    name: name, isFolder: isFolder, size: Int(status.st_size),
                    modified: Date(timeIntervalSince1970: modified), version: FileVersion(status)))
        }
        entries.sort { ($0.isFolder ? 0 : 1, $0.folded) < ($1.isFolder ? 0 : 1, $1.folded) }
        return entries
    }

    /// The name of an entry and what is known of it; `nil` when it is not for the list.
    private static func look(
        at bytes: UnsafePointer<CChar>, in folder: Int32, type: Int, including wanted: String?
    ) -> (String, stat)? {
        let name = String(cString: bytes)
        let mayBeFolder = [DT_DIR, DT_LNK, DT_UNKNOWN].contains { Int($0) == type }
        guard name != ".", name != "..", mayBeFolder || isCSV(name) || name == wanted else { return nil }
        var status = stat()
        return fstatat(folder, bytes, &status, 0) == 0 ? (name, status) : nil
    }

    static func isCSV(_ name: String) -> Bool {
        // All of these are a dot and three letters; by bytes, because a folder may hold 50,000 names.
        let isCompressed = name.utf8.suffix(3).map { $0 | 0x20 }.elementsEqual(".gz".utf8)
        let end = name.utf8.dropLast(isCompressed ? 3 : 0).suffix(4).map { $0 | 0x20 }
        return extensions.contains { end.elementsEqual($0.utf8) }
    }

    /// Whether a folder holds a CSV file; it is read only as far as the first one.
    static func holdsCSV(_ path: String) -> Bool {
        guard let stream = opendir(path) else { return false }
        defer { closedir(stream) }
        while let item = readdir(stream) {
            let isCSV = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { Self.isCSV(String(cString: $0)) }
            }
            if isCSV { return true }
        }
        return false
    }

    static func kind(of path: String) throws(DeliveryError) -> PathKind {
        var status = stat()
        guard stat(try PathBytes.resolve(path), &status) == 0 else { throw failure(path) }
        switch status.st_mode & S_IFMT {
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
