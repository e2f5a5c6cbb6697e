import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A process that delivers is operated from outside", .program, .timeLimit(.minutes(20)))
struct ControlTests {
    /// A service on a state directory, and the program on the same one.
    private static func serving(
        _ behavior: SandboxBehavior = .init(),
        _ body: @Sendable @escaping (Program, Workspace, Sandbox) async throws -> Void
    ) async throws {
        try await withSandbox(behavior) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            _ = try await program.listen(on: Program.freePort()) { listening async throws in
                try await body(program, workspace, sandbox)
                listening.process.signal(SIGTERM)
            }
            #expect(!FileManager.default.fileExists(atPath: workspace.stateDirectory + "/control.sock"))
        }
    }

    @Test("a file and standard input are delivered by the service, and followed to their end")
    func files() async throws {
        try await Self.serving { program, workspace, sandbox in
            let file = try workspace.write(CustomerFile(valid: 30).text)
            let ending = try await program.run(["--headless", "--json", file])
            #expect(ending.status == 0, "\(ending.errors)")
            let summary = try ending.summary()
            #expect(summary.sent == 30 && summary.source == file)
            let input = try await program.run(
                ["--headless", "--json", "-"], input: CustomerFile.header + "Jane Doe,30,other,1\n")
            #expect(try input.summary().sent == 1)
            #expect(sandbox.statistics.applied == 31 && sandbox.statistics.duplicates == 0)
        }
    }

    @Test("commands that come at any moment deliver, whoever has the state directory then")
    func crowd() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let statuses = try await withThrowingTaskGroup(of: Program.Ending.self) { group in
                for number in 0..<8 {
                    let rows = (0..<3).map { "Jane Doe,30,cookie-\(number)-\($0),1\n" }.joined()
                    let files = try ["a", "b"].map {
                        try workspace.write(
                            CustomerFile.header + rows.replacing("cookie", with: $0), to: "\($0)\(number).csv")
                    }
                    group.addTask {
                        // The moments themselves are what is tried: during a delivery, at its end, and after it.
                        try await Task.sleep(for: .milliseconds(number / 2 * 400))
                        return try await program.run(["--headless", "--json"] + files)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for ending in statuses {
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(try ending.summary().sent == 6)
            }
            #expect(sandbox.statistics.applied == 48 && sandbox.statistics.duplicates == 0)
        }
    }

    @Test(
        "several files are delivered by the service as by a command alone: one that is missing keeps no other from it")
    func severalFiles() async throws {
        try await Self.serving { program, workspace, sandbox in
            let first = try workspace.write(CustomerFile(valid: 3).text, to: "a.csv")
            let last = try workspace.write(CustomerFile.header + "Jane Doe,30,last,1\n", to: "c.csv")
            let files = [first, workspace.path + "/missing.csv", last]
            let ending = try await program.run(["--headless", "--json"] + files)
            #expect(ending.status == 1 && ending.errors.contains("no such file"), "\(ending.errors)")
            #expect(try Summary.runs(json: ending.output).map(\.sent) == [3, 0, 1])
            let text = try await program.run(["--headless", last, files[1]])
            #expect(text.output.contains("sent 1") && text.output.contains("1 not fully delivered"), "\(text.output)")
            #expect(sandbox.statistics.applied == 5)
        }
    }

    @Test("what is meant for another API than the service's is not delivered by it")
    func otherAPI() async throws {
        try await Self.serving { program, workspace, sandbox in
            var other = program
            other.environment["API_URL"] = "http://127.0.0.1:1/v1"
            let ending = try await other.run(["--headless", try workspace.write(CustomerFile(valid: 3).text)])
            #expect(ending.status == 1)
            #expect(ending.errors.contains("and these settings name http://127.0.0.1:1/v1. Nothing was sent."))
            #expect(sandbox.statistics.applied == 0)
        }
    }

    @Test("a run is paused, continued, stopped and resumed from a shell")
    func commands() async throws {
        try await Self.serving(.init(hangRate: 1)) { program, workspace, sandbox in
            let file = try workspace.write(CustomerFile(valid: 30).text)
            async let delivery = program.run(["--headless", "--json", file])
            await sandbox.until { $0.inFlight > 0 }
            let paused = try await program.run(["pause", "1"])
            #expect(paused.status == 0 && paused.output.contains("paused"), "\(paused.output)\(paused.errors)")
            let stopped = try await program.run(["stop", "1", "--now"])
            #expect(stopped.status == 0, "\(stopped.errors)")
            #expect(try await delivery.status == 1)
            sandbox.update { $0.hangRate = 0 }
            let resumed = try await program.run(["resume", "--json"])
            #expect(try resumed.summary().sent == 30, "\(resumed.errors)")
            #expect(try await program.run(["pause", "1"]).errors.contains("Run 1 has ended"))
            #expect(try await program.run(["stop", "7"]).status == 1)
        }
    }

    @Test("runs are shown while the process that delivers them is stopped by the system")
    func frozen() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 30).text)
            _ = try await program.run(["--headless", file]) { process in
                await sandbox.until { $0.inFlight > 0 }
                process.signal(SIGSTOP)
                let shown = try await program.run(["runs", "show", "1", "--json"])
                #expect(try shown.summary().pending == 30, "\(shown.errors)")
                let paused = try await program.run(["pause", "1"])
                #expect(paused.status == 1 && paused.errors.contains("does not respond"), "\(paused.errors)")
                process.signal(SIGKILL)
            }
        }
    }

    @Test("a run that ended before the process began has ended, and is not unknown")
    func endedBefore() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 30).text)
            #expect(try await program.run(["--headless", file]).status == 0)
            _ = try await program.listen(on: Program.freePort()) { listening async throws in
                for command in ["pause", "stop"] {
                    let ending = try await program.run([command, "1"])
                    #expect(ending.status == 1 && ending.errors.contains("Run 1 has ended."), "\(ending.errors)")
                }
                listening.process.signal(SIGTERM)
            }
        }
    }

    @Test("a paused run is shown as such, and continued from a shell", arguments: [["resume", "1"], ["resume"]])
    func continued(resume: [String]) async throws {
        try await Self.serving(.init(faults: .init(errorRate: 1))) { program, workspace, sandbox in
            let file = try workspace.write(CustomerFile(valid: 30).text)
            async let delivery = program.run(["--headless", file])
            await sandbox.until { $0.answered > 0 }
            #expect(try await program.run(["pause", "1"]).status == 0)
            #expect(try await program.run(["runs", "show", "1", "--json"]).summary().state == "paused")
            sandbox.update { $0.faults.errorRate = 0 }
            let ending = try await program.run(resume + ["--json"])
            #expect(try ending.summary().sent == 30, "\(ending.output)\(ending.errors)")
            #expect(try await delivery.status == 0)
        }
    }

    @Test("runs are followed from a shell, each from its beginning to its end")
    func followed() async throws {
        try await Self.serving { program, workspace, sandbox in
            let file = try workspace.write(CustomerFile(valid: 30).text)
            let line = #"""
                cd "$1" || exit 3
                "$0" runs --watch --json >lines 2>notes & watch=$!
                until grep -q Following notes; do sleep 0.1; done
                "$0" --headless "$2" >&2 || exit 4
                until grep -q '"state":"done"' lines; do sleep 0.1; done
                kill $watch; cat lines
                """#
            let ending = try await program.shell(line, [workspace.path, file])
            let summaries = try ending.output.split(separator: "\n").map { try Summary(json: String($0)) }
            #expect(ending.status == 0 && summaries.allSatisfy { $0.source == file }, "\(ending.errors)")
            #expect(summaries.last?.sent == 30 && summaries.last?.state == "done")
        }
    }

    @Test("what failed is retried by the service")
    func retry() async throws {
        try await Self.serving(.init(refusedCookies: ["bad"])) { program, workspace, sandbox in
            let file = try workspace.write(CustomerFile.header + "Jane Doe,30,bad,1\nJane Doe,30,good,1\n")
            #expect(try await program.run(["--headless", file]).status == 1)
            sandbox.update { $0.refusedCookies = [] }
            #expect(try await program.run(["retry", "--json"]).summary().sent == 1)
            #expect(try await program.run(["retry", "--json"]).output == "null\n")
        }
    }

    @Test("an option of the service's is refused, and without a service there is nothing to pause")
    func refused() async throws {
        try await Self.serving { program, workspace, _ in
            let file = try workspace.write(CustomerFile(valid: 3).text)
            let ending = try await program.run(["--headless", "--rate", "5", file])
            #expect(ending.status == 64 && ending.errors.contains("--rate has no effect"), "\(ending.errors)")
        }
        let program = Program(try Workspace(), url: "http://127.0.0.1:1")
        let ending = try await program.run(["pause", "1"])
        #expect(ending.status == 1 && ending.errors.contains("No process is using"), "\(ending.errors)")
    }
}
