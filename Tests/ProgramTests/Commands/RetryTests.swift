import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("What failed is kept, shown and sent again", .program, .timeLimit(.minutes(20)))
struct RetryTests {
    /// Three records that the API refuses for now, with fields that a CSV has to quote.
    private static let text =
        CustomerFile(valid: 50).text + #"""
            Eve Doe,31,refuse-1,1
            Žofie Nováková,32,"refuse-2,""quoted""",2
            Under_Score,33,rejected,3
            Eve Doe,34,"=refuse-3",4

            """#

    private static func failing(_ body: (Sandbox, Program, Summary) async throws -> Void) async throws {
        let refused: Set = ["refuse-1", "refuse-2,\"quoted\"", "=refuse-3"]
        let behavior = SandboxBehavior(faults: .init(refusesMarkedCookies: false), refusedCookies: refused)
        try await withSandbox(behavior) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let ending = try await program.run(["--headless", workspace.write(text), "--json"])
            #expect(ending.status == 1)
            let summary = try ending.summary()
            #expect(summary.sent == 50)
            #expect(summary.failed == 3)
            #expect(summary.rejected == 1)
            try await body(sandbox, program, summary)
        }
    }

    @Test("failed records stand in a private file of their day, as they were read")
    func unsentFile() async throws {
        try await Self.failing { _, program, summary in
            let file = try #require(summary.unsentFile)
            let day = Date().formatted(
                Date.ISO8601FormatStyle(timeZone: .current).year().month().day().dateSeparator(.dash))
            #expect(file == program.workspace.stateDirectory + "/unsent/unsent_\(day).csv")
            #expect(try program.workspace.mode(of: file) == 0o600)
            let lines = try program.workspace.text(of: file).split(separator: "\n").map(String.init)
            #expect(lines.first == "name,age,cookie,banner_id")
            #expect(
                Set(lines.dropFirst()) == [
                    "Eve Doe,31,refuse-1,1", "Žofie Nováková,32,\"refuse-2,\"\"quoted\"\"\",2",
                    "Eve Doe,34,=refuse-3,4",
                ])
        }
    }

    @Test("a retry that succeeds empties the file and is counted where the records failed")
    func recovery() async throws {
        try await Self.failing { sandbox, program, failed in
            sandbox.update { $0.refusedCookies = ["refuse-1"] }
            let first = try await program.run(["retry", "--json"])
            #expect(first.status == 1)
            let partly = try first.summary()
            #expect(partly.read == 3 && partly.sent == 2 && partly.failed == 1)
            let file = try #require(failed.unsentFile)
            #expect(try program.workspace.text(of: file) == "name,age,cookie,banner_id\nEve Doe,31,refuse-1,1\n")

            sandbox.update { $0.refusedCookies = [] }
            let second = try await program.run(["retry", "1", "--json"])
            #expect(second.status == 0)
            #expect(try second.summary().sent == 1)
            #expect(!FileManager.default.fileExists(atPath: file))
            let runs = try Summary.list(json: try await program.run(["runs", "--json"]).output)
            let origin = try #require(runs.last)
            #expect(origin.recovered == 3)
            #expect(origin.failed == 3, "the other counts of the run stay")
            #expect(origin.unsentFile == nil)
            #expect(sandbox.statistics.duplicates == 0)
            #expect(try await program.run(["retry", "--json"]).output == "null\n")
        }
    }

    @Test("the unsent file can be delivered as it is")
    func unsentFileAsSource() async throws {
        try await Self.failing { sandbox, program, failed in
            sandbox.update { $0.refusedCookies = [] }
            let file = try #require(failed.unsentFile)
            #expect(try await program.run(["upload-file", file]).output == "Successfully sent 3 of records.\n")
            #expect(sandbox.cookies["refuse-2,\"quoted\""] == 1)
        }
    }

    @Test("failed and rejected records are listed with their lines, and exported safe for spreadsheets")
    func export() async throws {
        try await Self.failing { _, program, _ in
            let listed = try await program.run(["failures", "1"])
            #expect(
                listed.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } } == [
                    "line 52", "line 53", "line 55",
                ])
            let all = try await program.run(["failures", "1", "--rejected"])
            #expect(all.output.contains("line 54\trejected\tname\t"), "\(all.output)")
            let file = program.workspace.path + "/failures.csv"
            #expect(try await program.run(["failures", "1", "--csv", file]).status == 0)
            #expect(try program.workspace.mode(of: file) == 0o600)
            let text = try program.workspace.text(of: file)
            #expect(text.split(separator: "\n").count == 4)
            #expect(text.contains(",'=refuse-3,"), "\(text)")
        }
    }

    @Test("the folder of unsent files can be chosen")
    func folder() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            var program = Program(workspace, url: url)
            program.environment["FAILED_RECORDS_DIRPATH"] = workspace.path + "/recover"
            let file = try workspace.write("Jane Doe,30,refuse-1,1\n")
            let summary = try await program.run(["--headless", file, "--json"]).summary()
            #expect(summary.unsentFile?.hasPrefix(workspace.path + "/recover/unsent_") == true)
        }
    }

    @Test("an unsent file that is a symbolic link is replaced, not followed")
    func symbolicLink() async throws {
        try await Self.failing { sandbox, program, failed in
            let file = try #require(failed.unsentFile)
            let victim = try program.workspace.write("precious", to: "victim")
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: victim)
            _ = try await program.run(["retry"])
            #expect(try program.workspace.text(of: victim) == "precious")
            #expect(try program.workspace.text(of: file).contains("refuse-1"))
        }
    }
}
