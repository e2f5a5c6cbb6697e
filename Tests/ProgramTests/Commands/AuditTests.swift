import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("Who did what can be asked, and a day's limit holds over restarts", .program, .timeLimit(.minutes(20)))
struct AuditTests {
    private struct Row: Decodable {
        var at: String
        var who: String
        var from: String
        var command: String
        var run: Int?
        var records: Int?
    }

    private static func rows(_ program: Program, _ options: [String] = []) async throws -> [Row] {
        let ending = try await program.run(["audit", "--json"] + options)
        #expect(ending.status == 0, "\(ending.errors)")
        return try JSONDecoder().decode([Row].self, from: Data(ending.output.utf8))
    }

    @Test("commands of a shell, of a client and through the control socket are listed, newest first")
    func audit() async throws {
        try await withSandbox(.init(refusedCookies: ["bad"])) { _, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            #expect(try await program.run(["audit"]).output == "The audit log is empty.\n")
            #expect(try await Self.rows(program).isEmpty)
            let file = try workspace.write(CustomerFile.header + "Jane Doe,30,bad,1\nJane Doe,30,good,1\n")
            #expect(try await program.run(["--headless", file]).status == 1)
            #expect(try await program.run(["retry"]).status == 1)
            var rows = try await Self.rows(program)
            #expect(rows.map(\.command) == ["retry", "send"] && rows.map(\.run) == [2, 1])
            #expect(rows.map(\.records) == [1, 1])
            #expect(rows.allSatisfy { $0.from == "command line" && $0.who.contains("@") })
            _ = try await program.listen(on: Program.freePort()) { listening async throws in
                #expect(try await program.run(["retry", "1"]).status == 1)
                let exported = try await program.run(["failures", "1", "--csv", workspace.path + "/failed.csv"])
                #expect(exported.status == 0, "\(exported.errors)")
                listening.process.signal(SIGTERM)
            }
            rows = try await Self.rows(program, ["--run", "3"])
            #expect(rows.map(\.command) == ["retry"] && rows.map(\.from) == ["control socket"])
            rows = try await Self.rows(program, ["--run", "1"])
            #expect(rows.map(\.command) == ["export", "send"] && rows.map(\.records) == [1, 1])
            #expect(try await Self.rows(program, ["--since", "2100-01-01"]).isEmpty)
            #expect(try await Self.rows(program, ["--since", "2020-01-01T00:00:00Z"]).count == 4)
            let text = try await program.run(["audit", "--run", "1"]).output
            #expect(text.contains("send") && text.contains("run 1, 1 record"))
            let refused = try await program.run(["audit", "--since", "yesterday"])
            #expect(refused.status == 64)
        }
    }

    @Test("a command waits when the day's limit is reached, also the next one")
    func dailyLimit() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 12).text)
            let first = try await program.run(["--headless", "--json", "--daily-limit", "10", file]) { process in
                await sandbox.until { $0.applied == 10 }
                process.signal(SIGINT)
            }
            #expect(first.status == 130, "\(first.errors)")
            #expect(try first.summary().sent == 10 && first.summary().pending == 2)
            let second = try await program.run(["resume", "--json", "--daily-limit", "11"]) { process in
                await sandbox.until { $0.applied == 11 }
                process.signal(SIGINT)
            }
            #expect(try second.summary().sent == 11)
            let last = try await program.run(["resume", "--json"])
            #expect(try last.summary().sent == 12, "\(last.errors)")
            #expect(sandbox.statistics.duplicates == 0)
            let wrong = try await program.run(["--headless", "--daily-limit", "0", file])
            #expect(wrong.status == 64 && wrong.errors.contains("daily-limit"), "\(wrong.errors)")
        }
    }
}
