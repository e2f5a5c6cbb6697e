import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A run belongs to its API and to the process that works on it", .program, .timeLimit(.minutes(20)))
struct BoundRunTests {
    /// Leaves a run of standard input or a file behind whose process was killed with a request in flight.
    private static func interrupted(
        _ program: Program, _ sandbox: Sandbox, _ arguments: [String], input: String = ""
    ) async throws {
        _ = try await program.run(arguments, input: input) { process in
            await sandbox.until { $0.inFlight > 0 }
            process.signal(SIGKILL)
        }
    }

    @Test("an interrupted run is not continued at another address; both are named")
    func otherAddress() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 10).text)
            try await Self.interrupted(program, sandbox, ["--headless", file])
            try await withSandbox { other, otherURL in
                let elsewhere = Program(workspace, url: otherURL)
                for command in [["resume", "1"], ["resume"], ["resume", "--json"]] {
                    let ending = try await elsewhere.run(command)
                    #expect(ending.status == 1)
                    #expect(ending.errors.contains(url) && ending.errors.contains(otherURL), "\(ending.errors)")
                }
                #expect(other.statistics.arrived == 0)
            }
            sandbox.update { $0.hangRate = 0 }
            // The same address, spelled another way.
            let again = try await Program(workspace, url: url + "/").run(["resume", "--json"])
            #expect(try again.summary().sent == 10, "\(again.errors)")
        }
    }

    @Test("accepted data outlives another spelling of the state directory, and its move")
    func moved() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let text = CustomerFile(valid: 10).text
            try await Self.interrupted(program, sandbox, ["--headless", "-"], input: text)
            sandbox.update { $0.hangRate = 0 }
            // Any start cleans the spool up.
            var respelled = program
            respelled.environment["STATE_DIR"] = workspace.path + "/./state/../state"
            #expect(try await respelled.run(["retry"]).status == 0)
            let moved = workspace.path + "/moved"
            try FileManager.default.moveItem(atPath: workspace.stateDirectory, toPath: moved)
            respelled.environment["STATE_DIR"] = moved
            let ending = try await respelled.run(["resume", "--json"])
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(try ending.summary().sent == 10)
        }
    }

    @Test("a run whose process died is stopped, also while another process delivers")
    func interruptedRun() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let first = try workspace.write(CustomerFile(valid: 10).text)
            let second = try workspace.write(CustomerFile(valid: 20).text, to: "second.csv")
            try await Self.interrupted(program, sandbox, ["--headless", first])
            await sandbox.until { $0.inFlight == 0 }
            _ = try await program.run(["--headless", second]) { process in
                await sandbox.until { $0.inFlight > 0 }
                let runs = try await program.run(["runs", "--json"])
                #expect(try Summary.list(json: runs.output).map(\.state) == ["running", "stopped"])
                #expect(runs.output.contains(#""reason":"interrupted","reasons""#), "\(runs.output)")
                process.signal(SIGKILL)
            }
        }
    }

    @Test("a run that can't be resumed is discarded: what was not delivered is failed, the rest is named")
    func discard() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 10).text)
            try await Self.interrupted(program, sandbox, ["--headless", file])
            let unconfirmed = try await program.run(["discard", "1"])
            #expect(unconfirmed.status == 64 && unconfirmed.errors.contains("--yes"), "\(unconfirmed.errors)")
            let discarded = try await program.run(["discard", "1", "--yes"])
            #expect(discarded.status == 0, "\(discarded.errors)")
            let shown = try await program.run(["runs", "show", "1", "--json"]).summary()
            #expect(shown.state == "stopped" && shown.failed == 10 && shown.pending == 0 && shown.isConserved)
            #expect(try await program.run(["resume", "--json"]).output == "null\n")
            #expect(try await program.run(["discard", "1", "--yes"]).status == 1)
            let unsent = try #require(shown.unsentFile)
            #expect(try workspace.text(of: unsent).split(separator: "\n").count == 11)
            sandbox.update { $0.hangRate = 0 }
            #expect(try await program.run(["retry", "--json"]).summary().sent == 10)
            #expect(!FileManager.default.fileExists(atPath: unsent))
        }
    }

    @Test("a run whose file is gone is discarded, too, and says what can't be listed")
    func discardWithoutFile() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 10).text)
            try await Self.interrupted(program, sandbox, ["--headless", file])
            try FileManager.default.removeItem(atPath: file)
            let ending = try await program.run(["discard", "1", "--yes"])
            #expect(ending.status == 0)
            #expect(ending.output.contains("10 records that were read can't be listed: \(file)"), "\(ending.output)")
            #expect(try await program.run(["resume", "--json"]).output == "null\n")
        }
    }

    @Test(
        "a result that can't be written is an error",
        arguments: [["runs", "--json"], ["runs"], ["failures", "1"], ["--help"]])
    func fullOutput(_ arguments: [String]) async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            _ = try await program.run(["--headless", workspace.write("Jane Doe,30,refuse-1,1\n")])
            for target in [">/dev/full", ">&-"] {
                let ending = try await program.shell("exec \"$0\" \"$@\" \(target)", arguments)
                #expect(ending.status == 1, "\(target)")
                #expect(ending.errors.contains("standard output"), "\(ending.errors)")
            }
        }
    }

    @Test("with --once nothing is sent of what was delivered, and the rest of what was not")
    func once() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 10).text + "Jane Doe,30,refuse-1,1\n")
            let first = try await program.run(["--headless", "--once", file, "--json"])
            #expect(try first.summary().failed == 1)
            sandbox.update { $0.faults.refusesMarkedCookies = false }
            // Under another name, with another time.
            let copy = try workspace.write(try workspace.text(of: file), to: "copy.csv")
            let second = try await program.run(["--headless", "--once", copy, "--json"])
            #expect(try second.summary().sent == 1 && second.status == 0, "\(second.errors)")
            let third = try await program.run(["--headless", "--once", copy, "--json"])
            #expect(third.status == 0)
            #expect(try third.summary().state == "skipped")
            #expect(third.output.contains(#""duplicate_of":1"#), "\(third.output)")
            #expect(sandbox.statistics.duplicates == 0 && sandbox.cookies.count == 11)
            // Other ages are other records.
            let older = try await program.run(["--headless", "--once", copy, "--min-age", "40", "--json"])
            #expect(try older.summary().filtered == 11)
            // Without it, it is sent, and said.
            let again = try await program.run(["--headless", copy, "--json"])
            #expect(try again.summary().sent == 11)
            #expect(again.output.contains(#""code":"sent_before""#), "\(again.output)")
        }
    }

    @Test("an option without effect is refused by name", arguments: ["resume", "retry"])
    func withoutEffect(_ command: String) async throws {
        let program = Program(try Workspace(), url: "http://127.0.0.1:1")
        for option in [["--min-age", "20"], ["--delimiter", "comma"], ["--ascii-names"]] {
            let ending = try await program.run([command] + option)
            #expect(ending.status == 64)
            #expect(ending.errors.contains("\(option[0]) has no effect on \(command)"), "\(ending.errors)")
        }
        var configured = program
        configured.environment["MIN_AGE"] = "20"
        #expect(try await configured.run([command, "--json"]).output == "null\n")
    }
}
