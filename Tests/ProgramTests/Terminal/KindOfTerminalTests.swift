import Foundation
import TestSupport
import Testing

@Suite("Every kind of terminal", .program, .timeLimit(.minutes(20)))
struct KindOfTerminalTests {
    private static func session(
        _ variables: [String: String], _ body: (TerminalSession) async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        _ = try workspace.write("Jane Doe,30,cookie-a,1\nŽofie\u{1B}[31m,40,cookie-b,2\n")
        try await TerminalSession.open(Program(workspace), variables: variables, width: 80, height: 24) { terminal in
            try await body(terminal)
        }
    }

    @Test(
        "shows the screen and lets it be left",
        arguments: ["xterm-256color", "xterm", "screen", "tmux-256color", "linux", "vt100"])
    func terminals(_ name: String) async throws {
        try await Self.session(["TERM": name]) { terminal in
            let before = try await terminal.lineDiscipline()
            try await terminal.open("customers.csv", "--sandbox")
            let screen = try await terminal.see("Jane Doe")
            let isPlain = name == "linux" || name == "vt100"
            #expect(screen.contains(isPlain ? "+- " : "╭─ "))
            #expect(screen.contains("^[[31m"), "what the file holds is shown, not obeyed")
            try await terminal.press("q")
            try await terminal.seeEnd(0)
            #expect(try await terminal.lineDiscipline() == before)
        }
    }

    @Test("that can't show a screen is told so, and the way without one")
    func dumb() async throws {
        try await Self.session(["TERM": "dumb"]) { terminal in
            // Nothing is sent without having asked.
            try await terminal.run(#""$DC" --sandbox customers.csv; echo "ended" $?"#)
            let screen = try await terminal.see("ended 64")
            #expect(screen.contains("can't show the screen. Use --headless."))
        }
    }

    @Test("without UTF-8 gets ASCII only")
    func plainLocale() async throws {
        try await Self.session(["LANG": "C", "LC_ALL": "C"]) { terminal in
            try await terminal.open("customers.csv", "--sandbox")
            let screen = try await terminal.see("Jane Doe")
            #expect(screen.allSatisfy { $0.isASCII || $0.isNewline }, "\(screen.filter { !$0.isASCII })")
        }
    }

    @Test("gets colors, and none with NO_COLOR", arguments: [false, true])
    func colors(_ isRefused: Bool) async throws {
        try await Self.session(isRefused ? ["NO_COLOR": "1"] : [:]) { terminal in
            try await terminal.open("customers.csv", "--sandbox")
            // Colors are the SGR parameters 30 to 38, 40 to 48 and from 90 on; 39 and 49 are the terminal's own.
            let screen = try await terminal.colors()
            let parameters = screen.matches(of: /\u{1B}\[([0-9;]*)m/).flatMap { $0.1.split(separator: ";") }
            let hasColor = parameters.compactMap { Int($0) }.contains {
                (30...38).contains($0) || (40...48).contains($0) || $0 >= 90
            }
            #expect(hasColor == !isRefused)
            #expect(parameters.contains("1"), "the attributes stay")
        }
    }
}
