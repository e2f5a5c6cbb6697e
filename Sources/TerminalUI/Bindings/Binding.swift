import TerminalKit

/// One line of the table that keys, footer, help, palette and the manual come from.
struct Binding: Sendable {
    var action: Action
    /// The first one stands in the footer.
    var keys: [Key]
    /// Where it means this; empty is everywhere.
    var screens: Set<Screen> = []
    /// One or two words, for footer and palette.
    var label: String
    /// A sentence, for help.
    var help: String
    /// Where it stands in the footer; `nil` keeps it out.
    var footer: Int?
    /// The label there, where it is another; without one, the key stands with the next one's: `+/- Requests`.
    var footerLabel: String?
    /// What people call it otherwise, for the palette.
    var keywords = ""

    func applies(to screen: Screen) -> Bool { screens.isEmpty || screens.contains(screen) }

    /// `↑ k`, for help.
    var keyNames: String { keys.map(\.name).joined(separator: " ") }
}

enum Bindings {
    static let all: [Binding] = places + movement + send + run + failures + others + everywhere

    static func binding(for key: Key, on screen: Screen) -> Binding? {
        // A screen's own meaning of a key goes before the general one.
        all.first { $0.screens.contains(screen) && $0.keys.contains(key) }
            ?? all.first { $0.screens.isEmpty && $0.keys.contains(key) }
    }

    static func footer(on screen: Screen) -> [Binding] {
        all.filter { $0.applies(to: screen) && $0.footer != nil }
            .sorted { ($0.footer ?? 0) < ($1.footer ?? 0) }
    }

    static func binding(of action: Action, on screen: Screen) -> Binding? {
        all.first { $0.action == action && $0.screens.contains(screen) }
            ?? all.first { $0.action == action && $0.screens.isEmpty }
            ?? all.first { $0.action == action }
    }
}
