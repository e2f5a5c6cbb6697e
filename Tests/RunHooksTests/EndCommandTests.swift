import Foundation
import TestSupport
import Testing

@testable import RunHooks

@Suite("A command gets each summary on its standard input")
struct EndCommandTests {
    /// A command that doesn't read what it gets must not end the tests, as it does not end the program.
    init() { signal(SIGPIPE, SIG_IGN) }

    private static func script(_ text: String, in folder: URL) throws -> String {
        let path = folder.appending(path: "hook.sh").path
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o700)
        return path
    }

    private static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("it sees the summary, its arguments and the environment, but no secret")
    func input() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = try Self.script(
            #"{ cat; echo "$1|$2|$#|$PROJECT_KEY|$NOTIFY_SOCKET|$OTHER"; } > \#(folder.path)/out"#, in: folder)
        let command = try #require(
            EndCommand(
                "\(script)  one\ttwo;three",
                environment: [
                    "PATH": "/usr/bin:/bin", "PROJECT_KEY": "secret", "NOTIFY_SOCKET": "/run/x", "OTHER": "seen",
                ],
                hiding: ["PROJECT_KEY"], showsErrors: false))
        try await command.tell(#"{"run":1}"#)
        let written = try String(contentsOf: folder.appending(path: "out"), encoding: .utf8)
        #expect(written == "{\"run\":1}\none|two;three|2|||seen\n")
    }

    @Test("a command that reads nothing of a long summary is not a fault")
    func unread() async throws {
        let command = try #require(
            EndCommand("true", environment: ProcessInfo.processInfo.environment, hiding: [], showsErrors: false))
        try await command.tell(String(repeating: "x", count: 4 << 20))
    }

    @Test("a failing command is a fault that names its status")
    func failing() async throws {
        let command = try #require(
            EndCommand("false", environment: ["PATH": "/usr/bin:/bin"], hiding: [], showsErrors: false))
        await #expect(throws: HookFault.self) { try await command.tell("{}") }
    }

    @Test("a hanging command and what it started are ended when the task is cancelled")
    func hanging() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let pids = folder.appending(path: "pids").path
        let script = try Self.script(
            "trap '' TERM; sleep 3600 & echo $$ $! > \(pids).new; mv \(pids).new \(pids); wait", in: folder)
        let command = try #require(
            EndCommand(script, environment: ["PATH": "/usr/bin:/bin"], hiding: [], showsErrors: false))
        let task = Task { try await command.tell("{}") }
        try await until { access(pids, F_OK) == 0 }
        task.cancel()
        _ = await task.result
        let numbers = try String(contentsOfFile: pids, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        let processes = numbers.compactMap { pid_t($0) }
        #expect(processes.count == 2)
        // The shell is reaped; its child, an orphan now, was killed or got the signal that the shell ignored.
        try await until { kill(processes[0], 0) != 0 }
    }

    @Test(
        "a program that does not exist is not taken",
        arguments: ["", "  ", "no-such-program-anywhere", "/no/such/program x", "/tmp"])
    func missing(_ line: String) {
        #expect(EndCommand(line, environment: ["PATH": "/usr/bin:/bin"], hiding: [], showsErrors: false) == nil)
    }
}
