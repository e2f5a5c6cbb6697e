import Foundation
import TerminalKit

/// Locale and terminal.
enum TerminalCheck {
    static func findings(_ environment: [String: String]) -> [Finding] {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let isUTF8 = locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
        var findings: [Finding] = [
            isUTF8
                ? .ok("locale", locale)
                : .warning("locale", "\(locale) is not UTF-8; the screen uses C.UTF-8 where the system has it")
        ]
        if let obstacle = TerminalCapability.obstacle() {
            findings.append(.ok("terminal", "no screen here: \(obstacle)"))
        } else {
            findings.append(.ok("terminal", environment["TERM"] ?? "unknown"))
        }
        return findings
    }
}
