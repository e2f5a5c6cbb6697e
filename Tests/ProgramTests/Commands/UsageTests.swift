import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("What can't be done is said, with the status that scripts know", .program, .timeLimit(.minutes(20)))
struct UsageTests {
    /// Nothing listens there.
    private static let nowhere = "http://127.0.0.1:1"

    @Test(
        "a missing variable is named", arguments: [("API_URL", "PROJECT_KEY"), ("PROJECT_KEY", "API_URL")])
    func missingVariable(_ missing: String, _ other: String) async throws {
        let workspace = try Workspace()
        var program = Program(workspace, url: Self.nowhere)
        program.environment[missing] = nil
        let ending = try await program.run(["--headless", workspace.write(CustomerFile(valid: 1).text)])
        #expect(ending.status == 1)
        #expect(ending.errors == "Environment variable \(missing) not found.\n")
        #expect(ending.output == "")
    }

    @Test(
        "a setting that makes no sense is a usage error that names it",
        arguments: [
            (["MIN_AGE": "abc"], [], "MIN_AGE"),
            (["MAX_AGE": "1.5"], [], "MAX_AGE"),
            (["MIN_AGE": "40", "MAX_AGE": "30"], [], "minimum age 40"),
            ([:], ["-mi", "31", "-ma", "30"], "minimum age 31"),
            ([:], ["--min-age", "-1"], "--min-age"),
            ([:], ["--max-age", "0"], "minimum age 18"),
            ([:], ["--batch-size", "1001"], "--batch-size"),
            ([:], ["--batch-size", "0"], "--batch-size"),
            ([:], ["--concurrency", "many"], "--concurrency"),
            ([:], ["--attempts", "0"], "--attempts"),
            ([:], ["--give-up-after", "soon"], "--give-up-after"),
            ([:], ["--delimiter", "x"], "--delimiter"),
            ([:], ["--cookie-format", "guid"], "--cookie-format"),
            ([:], ["--no-such-option"], "--no-such-option"),
            ([:], ["--keep", "soon"], "--keep"),
            ([:], ["--drain", "5s"], "--drain has no effect"),
            ([:], ["--sandbox", "--api-url", nowhere], "--api-url has no effect with --sandbox"),
            ([:], ["--keep-files", "1d"], "--keep-files belongs to --watch"),
            ([:], ["--theme", "dark"], "--theme has no effect"),
            (["LISTEN_TOKEN": "a secret with spaces"], ["--listen", "0"], "LISTEN_TOKEN: the value is not a token"),
            ([:], ["--dry-run", "--keep", "1d"], "--keep has no effect with --dry-run"),
        ] as [([String: String], [String], String)])
    func usage(_ environment: [String: String], _ options: [String], _ named: String) async throws {
        let workspace = try Workspace()
        var program = Program(workspace, url: Self.nowhere)
        program.environment.merge(environment) { $1 }
        let file = try workspace.write(CustomerFile(valid: 1).text)
        let ending = try await program.run(["--headless", file] + options)
        #expect(ending.status == 64)
        #expect(ending.errors.contains(named), "\(ending.errors)")
        #expect(!ending.errors.contains("a secret"))
        #expect(ending.output == "")
    }

    @Test("a source that can't be read is said in one line", arguments: ["folder", "missing.csv", "utf-16.csv"])
    func unreadable(_ name: String) async throws {
        let workspace = try Workspace()
        try FileManager.default.createDirectory(
            atPath: workspace.path + "/folder", withIntermediateDirectories: false)
        try Data([0xff, 0xfe, 0x61, 0x00]).write(to: URL(fileURLWithPath: workspace.path + "/utf-16.csv"))
        let path = workspace.path + "/" + name
        let ending = try await Program(workspace, url: Self.nowhere).run(["--headless", path])
        #expect(ending.status == 1)
        #expect(ending.errors.contains(path))
        #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    }

    @Test("a header that lacks a column, or has one twice, is refused by that column's name")
    func header() async throws {
        let workspace = try Workspace()
        let program = Program(workspace, url: Self.nowhere)
        let missing = try await program.run(["--headless", workspace.write("name,age,cookie\nJane Doe,30,c\n")])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("banner_id"), "\(missing.errors)")
        let twice = try await program.run([
            "--headless", workspace.write("name,age,Age,cookie,banner_id\nJane Doe,30,30,c,1\n"),
        ])
        #expect(twice.status == 1)
        #expect(twice.errors.contains("age"), "\(twice.errors)")
    }

    @Test("upload-file takes only names that end in .csv")
    func uploadOfText() async throws {
        let workspace = try Workspace()
        let file = try workspace.write(CustomerFile(valid: 1).text, to: "customers.txt")
        let ending = try await Program(workspace, url: Self.nowhere).run(["upload-file", file])
        #expect(ending.status == 1)
        #expect(ending.errors == "Only CSV file format is supported.\n")
    }

    @Test("an address without encryption is refused, except on this machine or when allowed")
    func insecureAddress() async throws {
        let workspace = try Workspace()
        let file = try workspace.write(CustomerFile(valid: 1).text)
        let ending = try await Program(workspace, url: "http://ads.invalid").run(["--headless", file])
        #expect(ending.status == 1)
        #expect(ending.errors.contains("https"), "\(ending.errors)")
    }

    @Test("nothing to retry or resume is said, is null as JSON, and is not an error", arguments: ["retry", "resume"])
    func nothingToDo(_ command: String) async throws {
        let program = Program(try Workspace(), url: Self.nowhere)
        let said = try await program.run([command])
        #expect(said.status == 0)
        #expect(said.errors.contains("Nothing to \(command)"), "\(said.errors)")
        let json = try await program.run([command, "--json"])
        #expect(json.status == 0)
        #expect(json.output == "null\n")
    }

    @Test("a run that does not exist is an error", arguments: ["retry", "resume"])
    func unknownRun(_ command: String) async throws {
        let ending = try await Program(try Workspace(), url: Self.nowhere).run([command, "7"])
        #expect(ending.status == 1)
        #expect(ending.errors.contains("There is no run 7"), "\(ending.errors)")
    }
}
