@testable import TerminalKit
@testable import TerminalUI

/// The keys as a manual shows them, from the table that the screen works with.
enum KeyTable {
    /// A Markdown table: keys, where they apply, what they do.
    static var markdown: String {
        let rows = Bindings.all.map { binding in
            let keys = binding.keys.map { "`\($0.name == "|" ? "\\|" : $0.name)`" }.joined(separator: " ")
            let screens = Screen.allCases.filter { binding.screens.contains($0) }.map(\.title).joined(separator: ", ")
            return "| \(keys) | \(screens.isEmpty ? "everywhere" : screens) | \(binding.help) |"
        }
        return (["| Keys | Where | What |", "|---|---|---|"] + rows).joined(separator: "\n")
    }
}
