import CNcurses
import Foundation

/// Whether there is a terminal that the screen can be shown on.
public enum TerminalCapability {
    /// Why the screen can't be shown, and what to do instead, in one line; `nil` when it can.
    public static func obstacle() -> String? { obstacle(environment: ProcessInfo.processInfo.environment) }

    /// Whether standard input and output are a terminal, of whatever kind.
    public static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    package static func obstacle(environment: [String: String]) -> String? {
        let otherWay = "Use --headless."
        guard hasTerminal else {
            return "Standard input or output is not a terminal. \(otherWay)"
        }
        let name = environment["TERM"] ?? ""
        guard !name.isEmpty else { return "TERM is not set. \(otherWay)" }
        guard name != "dumb", cn_terminal_is_known(name) else {
            return "The terminal “\(name)” can't show the screen. \(otherWay)"
        }
        return nil
    }

    /// Whether the terminal says that it has 24-bit colors.
    private static func hasDirectColor(_ environment: [String: String]) -> Bool {
        ["truecolor", "24bit"].contains((environment["COLORTERM"] ?? "").lowercased())
    }

    /// An entry with 24-bit colors made of the terminal's own, as `TERMINFO` takes it; `nil` when there is a ready one,
    /// or no need.
    package static func madeDirectColor(environment: [String: String]) -> String? {
        guard hasDirectColor(environment), directColorEntry(environment: environment) == nil,
            let name = environment["TERM"],
            let entry = DirectColor.compiled(name, environment: environment).flatMap(DirectColor.entry)
        else { return nil }
        return "b64:" + Data(entry).base64EncodedString()
    }

    /// The terminfo entry with true colors for a terminal that says it has them; `nil` is the terminal's own entry.
    package static func directColorEntry(environment: [String: String]) -> String? {
        guard let name = environment["TERM"], hasDirectColor(environment) else { return nil }
        let base = name.replacing("-256color", with: "")
        return ["\(name)-direct", "\(base)-direct"].first { cn_terminal_is_known($0) }
    }

    /// Whether borders and graphs can be more than ASCII.
    package static func showsUnicode(environment: [String: String]) -> Bool {
        // The fonts of consoles lack the rounded corners and the dots of the graphs.
        cn_locale_is_utf8() && !isConsole(environment)
    }

    /// Whether text can be put into the clipboard of the terminal's window.
    package static func hasClipboard(environment: [String: String]) -> Bool { !isConsole(environment) }

    /// Whether it is the kernel's own terminal, or a device without a window.
    private static func isConsole(_ environment: [String: String]) -> Bool {
        let name = environment["TERM"] ?? ""
        return name == "linux" || name.hasPrefix("vt")
    }

    /// The theme that suits the terminal's background, where it says which that is.
    package static func theme(environment: [String: String]) -> ThemeName {
        guard let background = environment["COLORFGBG"]?.split(separator: ";").last.flatMap({ Int($0) }) else {
            return .dark
        }
        return background == 7 || background == 15 ? .light : .dark
    }
}
