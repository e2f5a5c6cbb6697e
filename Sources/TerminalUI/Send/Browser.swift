import Foundation
import TerminalKit

/// The list of files to pick from.
struct Browser: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var name: String
        var isFolder: Bool
        var size: Int
        var modified: Date
        var version = FileVersion()
        /// What a filter is compared with: made once, because a folder may hold 50,000 files.
        let folded: String

        init(name: String, isFolder: Bool, size: Int, modified: Date, version: FileVersion = FileVersion()) {
            self.version = version
            self.name = name
            self.isFolder = isFolder
            self.size = size
            self.modified = modified
            folded = name.lowercased()
        }
    }

    enum Row: Hashable, Sendable {
        case recent(path: String)
        case parent
        case entry(Entry)

        /// Whether it is about the same file or folder, whatever has changed in it.
        func isSame(as other: Row) -> Bool {
            if case .entry(let left) = self, case .entry(let right) = other {
                return left.name == right.name && left.isFolder == right.isFolder
            }
            return self == other
        }
    }

    var directory: String
    /// The name of a file that was asked for by its path: it is listed whatever it is called.
    var given: String?
    var isLoading = true
    var problem: String?
    /// Whether something changed on the disk after the folder was read.
    var isOutdated = false
    var readAt = Date.distantPast
    var showsHidden = false
    var isFiltering = false
    var filter = TextField()
    /// What the cursor was on when the filter began; it returns there when the filter goes.
    var filterOrigin: Row?
    var cursor = ListCursor()
    /// What is shown: computed when something of it changes, because a folder may hold 50,000 files.
    private(set) var rows: [Row] = []
    private(set) var recents: [String] = []
    private var entries: [Entry] = []

    init(directory: String) { self.directory = directory }

    var selected: Row? { rows.indices.contains(cursor.row) ? rows[cursor.row] : nil }

    /// The path of the file under the cursor.
    var selectedFile: String? {
        switch selected {
        case .recent(let path): path
        case .entry(let entry): entry.isFolder ? nil : path(of: entry.name)
        case .parent, nil: nil
        }
    }

    var count: (files: Int, folders: Int) {
        let folders = entries.count { $0.isFolder }
        return (entries.count - folders, folders)
    }

    func path(of name: String) -> String { directory == "/" ? "/" + name : directory + "/" + name }

    mutating func show(_ entries: [Entry], page: Int) {
        // At first there is nothing to stay on.
        let before = isLoading ? nil : selected
        self.entries = entries
        isLoading = false
        isOutdated = false
        problem = nil
        // Where the file is gone, the cursor stays on its line.
        arrange(keeping: before, otherwise: before == nil ? nil : cursor.row, page: page)
    }

    mutating func fail(_ message: String) {
        isLoading = false
        problem = message
        entries = []
        arrange(keeping: nil, page: 1)
    }

    mutating func setRecents(_ paths: [String], page: Int) {
        let before = selected
        recents = Array(paths.prefix(4))
        arrange(keeping: before, page: page)
    }

    /// Puts the cursor on the file of this name, when it is there.
    mutating func select(name: String, page: Int) {
        guard let row = rows.firstIndex(where: { if case .entry(let entry) = $0 { entry.name == name } else { false } })
        else { return }
        cursor.moveTo(row, count: rows.count, page: page)
    }

    /// Computes the rows again; the cursor stays on what it was on.
    mutating func arrange(keeping row: Row?, otherwise line: Int? = nil, page: Int) {
        let words = filter.text.lowercased()
        var rows: [Row] = []
        if words.isEmpty {
            rows += recents.map { Row.recent(path: $0) }
            if directory != "/" { rows.append(.parent) }
        }
        words.withCString { words in
            for entry in entries where showsHidden || !entry.name.hasPrefix(".") || entry.name == given {
                // By bytes, which is many times faster than by characters. An empty text is in every name.
                if entry.folded.withCString({ strstr($0, words) != nil }) { rows.append(.entry(entry)) }
            }
        }
        self.rows = rows
        let place = row.flatMap { row in rows.firstIndex { $0.isSame(as: row) } }
        cursor.moveTo(place ?? line ?? firstFile, count: rows.count, page: page)
    }

    /// Where there is no file, none is chosen: the recent ones on top are elsewhere.
    private var firstFile: Int {
        rows.firstIndex { if case .entry(let entry) = $0 { !entry.isFolder } else { false } }
            ?? rows.firstIndex { if case .recent = $0 { false } else { true } } ?? 0
    }
}
