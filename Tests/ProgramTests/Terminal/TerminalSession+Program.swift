import Foundation
import Testing

extension TerminalSession {
    /// Opens the screen on a file and waits until the file is counted.
    func open(_ file: String, _ options: String = "") async throws {
        try await start("\(file) \(options)")
        try await see("whole file")
    }

    /// Starts the program; what it ends with stands on the screen as `ended STATUS`.
    func start(_ arguments: String = "") async throws {
        try await run(#"clear; sh -c 'echo $$ >pid; exec "$DC" "$@"' - \#(arguments); echo "ended" $?"#)
        try await see("1 Send")
    }

    /// Starts the delivery of the file under the cursor.
    func send() async throws {
        try await press("s")
        try await see("Send this file?")
        try await press("y")
    }

    /// Waits until the shell has the terminal again.
    func seeEnd(_ status: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await see("ended \(status)", sourceLocation: sourceLocation)
    }

    /// The program's process.
    func process() throws -> pid_t {
        let text = try workspace.text(of: workspace.path + "/pid").trimmingCharacters(in: .whitespacesAndNewlines)
        return try #require(pid_t(text))
    }

    /// Checks that the terminal is as a shell needs it.
    func expectGivenBack(as before: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await lineDiscipline() == before, sourceLocation: sourceLocation)
        let modes = try await fact(
            "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{mouse_sgr_flag} #{keypad_flag} #{keypad_cursor_flag}")
        #expect(modes == "0 1 0 0 0 0", "alternate, cursor, mouse, SGR mouse, keypad", sourceLocation: sourceLocation)
        // A terminal in paste mode would put brackets around it, which a shell echoes.
        try await paste("echo pasted")
        let screen = try await see("echo pasted", sourceLocation: sourceLocation)
        #expect(!screen.contains("200~"), "the paste mode is on", sourceLocation: sourceLocation)
        try await press("Enter")
    }
}
