import DeliveryModel
import TerminalKit

/// The screen of the log.
struct LogModel: Sendable {
    private static let maximumLines = 5000

    private(set) var lines: [LogLine] = []
    /// What is shown of them.
    private(set) var shown: [LogLine] = []
    var level = LogLine.Level.debug
    var cursor = ListCursor()
    /// Whether the newest line stays in sight.
    var follows = true
    var isSearching = false
    var search = TextField()

    var last: Int { lines.last?.number ?? 0 }

    mutating func append(_ added: [LogLine], page: Int) {
        guard !added.isEmpty else { return }
        lines += added
        if lines.count > Self.maximumLines { lines.removeFirst(lines.count - Self.maximumLines) }
        arrange(page: page)
    }

    mutating func arrange(page: Int) {
        let selected = shown.indices.contains(cursor.row) ? shown[cursor.row].number : nil
        let before = cursor.row - cursor.top
        shown = level == .debug ? lines : lines.filter { $0.level >= level }
        if follows {
            cursor.moveTo(shown.count - 1, count: shown.count, page: page)
        } else if let selected {
            let row = shown.firstIndex { $0.number >= selected } ?? shown.count - 1
            cursor.top = row - before
            cursor.moveTo(row, count: shown.count, page: page)
        }
    }

    func matches(_ line: LogLine) -> Bool {
        !search.isEmpty && line.text.lowercased().contains(search.text.lowercased())
    }

    /// The next line that holds the search text, around the end.
    mutating func find(forward: Bool, page: Int) -> Bool {
        guard !shown.isEmpty, !search.isEmpty else { return false }
        for step in 1...shown.count {
            let row = (cursor.row + (forward ? step : shown.count - step)) % shown.count
            if matches(shown[row]) {
                follows = false
                cursor.moveTo(row, count: shown.count, page: page)
                return true
            }
        }
        return false
    }
}
