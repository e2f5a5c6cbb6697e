import Foundation
import Subprocess
import SystemPackage
import Testing

/// A shell on a real terminal, as somebody sits before it: tmux holds the screen, types keys and tells what is shown.
///
/// The server has a socket of its own, so no other tmux is disturbed. The shell is a plain one that leaves the terminal's
/// modes alone; the program is `"$DC"` in it.
final class TerminalSession: Sendable {
    /// What the shell says when it takes a command.
    private static let prompt = "ready>"
    /// How long a state is waited for. A machine that builds and tests at once is slow; a broken program never gets there.
    private static let patience = Duration.seconds(60)

    let workspace: Workspace
    private let socket: String
    private let environment: [String: String]

    private init(_ program: Program, _ variables: [String: String]) {
        workspace = program.workspace
        socket = workspace.path + "/tmux"
        environment = program.environment.merging([
            "DC": Program.executable, "ENV": workspace.path + "/shell", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
        ]) { $1 }.merging(variables) { $1 }
    }

    /// Opens a terminal for as long as `body` runs.
    /// - Parameter variables: of the shell's environment, besides the program's.
    static func open(
        _ program: Program, variables: [String: String] = [:], width: Int = 100, height: Int = 30,
        _ body: (TerminalSession) async throws -> Void
    ) async throws {
        let session = TerminalSession(program, variables)
        let term = variables["TERM"] ?? "tmux-256color"
        let configuration = try session.workspace.write(
            """
            set -g default-terminal \(term)
            set -g status off
            set -g escape-time 0
            set -g exit-empty off
            """, to: "tmux.conf")
        _ = try session.workspace.write("PS1='\(prompt) '", to: "shell")
        try await session.begin(configuration, width: width, height: height)
        do {
            try await session.see(Self.prompt)
            try await body(session)
        } catch {
            _ = try? await session.tmux("kill-server")
            throw error
        }
        _ = try? await session.tmux("kill-server")
    }

    private func begin(_ configuration: String, width: Int, height: Int) async throws {
        for attempt in 1...3 {
            do {
                try await tmux(
                    "-f", configuration, "new-session", "-d", "-x", "\(width)", "-y", "\(height)", "-c", workspace.path,
                    "exec /bin/sh -i")
                return
            } catch let error as TerminalError {
                // A server that begins on a busy machine may lose its client and end; the next one gets through.
                guard attempt < 3 else { throw error }
            }
        }
    }

    // MARK: Doing

    /// Presses keys by tmux's names: `Enter`, `Escape`, `C-c`, `y`.
    func press(_ keys: String...) async throws {
        for key in keys { try await tmux("send-keys", key) }
    }

    /// Types text as it is.
    func type(_ text: String) async throws { try await tmux("send-keys", "-l", text) }

    /// Has the shell run a line.
    func run(_ line: String) async throws {
        try await type(line)
        try await press("Enter")
    }

    /// Pastes as a terminal does: in brackets, if the program has asked for them.
    func paste(_ text: String) async throws {
        try await tmux("set-buffer", text)
        try await tmux("paste-buffer", "-p")
    }

    func resize(width: Int, height: Int) async throws {
        try await tmux("resize-window", "-x", "\(width)", "-y", "\(height)")
    }

    /// Takes the terminal away from under the program.
    func destroy() async throws { try await tmux("kill-pane") }

    // MARK: Looking

    /// Waits until the screen shows a text.
    @discardableResult
    func see(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await see("“\(text)”", sourceLocation: sourceLocation) { $0.contains(text) }
    }

    /// Waits until the screen fulfills a condition.
    /// - Returns: the screen that does.
    @discardableResult
    func see(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, where condition: (String) -> Bool
    ) async throws -> String {
        let began = ContinuousClock.now
        while true {
            let screen = try await tmux("capture-pane", "-p")
            if condition(screen) { return screen }
            guard began.duration(to: .now) < Self.patience else {
                Issue.record("The screen never showed \(what):\n\(screen)", sourceLocation: sourceLocation)
                throw CancellationError()
            }
            // tmux has no way to wait for a screen: this is how often it is looked at.
            try await Task.sleep(for: .milliseconds(30))
        }
    }

    /// The screen with its colors and attributes, as escape sequences.
    func colors() async throws -> String { try await tmux("capture-pane", "-p", "-e") }

    /// What tmux knows of the terminal, such as `#{cursor_flag}`.
    func fact(_ format: String) async throws -> String {
        try await tmux("display-message", "-p", format).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The line discipline as `stty -a` has it, asked from outside so that the screen is not disturbed.
    func lineDiscipline() async throws -> String {
        let terminal = try await fact("#{pane_tty}")
        return try await spawn("/bin/sh", ["-c", "stty -a <\(terminal)"])
    }

    @discardableResult
    private func tmux(_ arguments: String...) async throws -> String {
        try await spawn("/usr/bin/env", ["tmux", "-S", socket] + arguments)
    }

    private func spawn(_ path: String, _ arguments: [String]) async throws -> String {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        guard case .exited(0) = result.terminationStatus else {
            throw TerminalError(command: arguments.joined(separator: " "), message: result.standardError)
        }
        return result.standardOutput
    }
}

/// tmux could not do what was asked.
struct TerminalError: Error, CustomStringConvertible {
    var command: String
    var message: String

    var description: String { "\(command): \(message)" }
}
