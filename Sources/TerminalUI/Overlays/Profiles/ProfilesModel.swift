import TerminalKit

/// The question with which profile is delivered.
struct ProfilesModel: Sendable {
    /// `nil` is none.
    var names: [String?]
    var cursor = ListCursor()
    var isSwitching = false
    var problem: String?

    init(_ setup: Setup, current: String?) {
        names = (setup.hasPlainSettings ? [nil] : []) + setup.profiles.map(\.name)
        cursor.row = names.firstIndex(of: current) ?? 0
    }

    var selected: String?? { names.indices.contains(cursor.row) ? names[cursor.row] : nil }
}

struct ProfilesLayout {
    /// Rows that are seen at once.
    var page: Int

    init(_ size: Size, count: Int) { page = max(1, min(count, size.height - 8)) }
}
