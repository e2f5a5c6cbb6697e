import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("The service delivers what is put into its drop folder", .program, .timeLimit(.minutes(20)))
struct DropFolderTests {
    @Test("a file is delivered and found with its summary; one with a refused record in failed/; JSON says both")
    func delivers() async throws {
        try await withSandbox(.init(refusedCookies: ["cookie-3"])) { sandbox, url in
            let folder = try ProgramFolder(url)
            let ending = try await folder.watch(["--json"]) { process in
                try folder.put(
                    CustomerFile(mixed: 300, seed: 5).text.replacing("cookie-3,", with: "cookie-x,"), "good.csv")
                try folder.put(CustomerFile(valid: 5).text, "bad.csv")
                try folder.put("name,age,cookie\nJane Doe,30,c\n", "refused.csv")
                try await until { folder.names("delivered").count == 2 && folder.names("failed").count == 4 }
                process.signal(SIGTERM)
            }
            #expect(ending.status == 143)
            #expect(folder.names() == ["delivered", "failed"])
            #expect(folder.names("delivered") == ["good.csv", "good.csv.summary.json"])
            let summary = try Summary(json: folder.text("failed/bad.csv.summary.json"))
            #expect(summary.failed == 1)
            #expect(summary.sent == 4)
            #expect(summary.source == folder.path + "/bad.csv")
            #expect(try Summary(json: folder.text("failed/refused.csv.summary.json")).state == "failed")
            let lines = try ending.output.split(separator: "\n").map { try Summary(json: String($0)) }
            #expect(Set(lines.map(\.source)) == Set(["good", "bad", "refused"].map { "\(folder.path)/\($0).csv" }))
        }
    }

    @Test("content that was delivered before is moved unsent; a file put back from failed/ sends only what is left")
    func sentBefore() async throws {
        try await withSandbox(.init(refusedCookies: ["cookie-3"])) { sandbox, url in
            let folder = try ProgramFolder(url)
            let text = CustomerFile(valid: 5).text
            _ = try await folder.watch { process in
                try folder.put(text, "bad.csv")
                try await until { folder.names("failed").count == 2 }
                sandbox.update { $0.refusedCookies = [] }
                try folder.put(folder.text("failed/bad.csv"), "back.csv")
                try await until { folder.names("delivered").count == 2 }
                try folder.put(text, "again.csv")
                try await until { folder.names("delivered").count == 4 }
                process.signal(SIGTERM)
            }
            #expect(try Summary(json: folder.text("delivered/back.csv.summary.json")).sent == 1)
            let skipped = try folder.text("delivered/again.csv.summary.json")
            #expect(
                try Summary(json: skipped).state == "skipped" && skipped.contains(#""duplicate_of":1"#), "\(skipped)")
            #expect(sandbox.statistics.applied == 5 && sandbox.statistics.duplicates == 0)
            _ = try await folder.watch(["--duplicates", "fail"]) { process in
                try folder.put(text, "third.csv")
                try await until { folder.names("failed").contains("third.csv.summary.json") }
                process.signal(SIGTERM)
            }
            _ = try await folder.watch(["--duplicates", "send"]) { process in
                try folder.put(text, "fourth.csv")
                try await until { folder.names("delivered").contains("fourth.csv.summary.json") }
                process.signal(SIGTERM)
            }
            #expect(sandbox.statistics.applied == 10 && sandbox.statistics.duplicates == 5)
        }
    }

    @Test("files with the same content that come to rest together are delivered once, and an empty one has no records")
    func twins() async throws {
        try await withSandbox { sandbox, url in
            let folder = try ProgramFolder(url)
            _ = try await folder.watch { process in
                for number in 1...10 {
                    let text = CustomerFile(valid: 50 + number).text
                    for twin in ["a", "b"] { try folder.put(text, "\(twin)\(number).csv") }
                }
                try folder.put("", "empty.csv")
                try await until { folder.names("delivered").count == 42 }
                process.signal(SIGTERM)
            }
            #expect(sandbox.statistics.applied == 555)
            #expect(folder.names("failed").isEmpty)
        }
    }

    @Test("a folder that is not there ends the start, as does one given with files")
    func missing() async throws {
        let workspace = try Workspace()
        let program = Program(workspace, url: "http://127.0.0.1:1")
        let ending = try await program.run(["--headless", "--watch", workspace.path + "/no"])
        #expect(ending.status == 1)
        #expect(ending.errors.contains("no such folder"), "\(ending.errors)")
        let file = try workspace.write(CustomerFile.header)
        #expect(try await program.run(["--headless", "--watch", workspace.path, file]).status == 64)
        #expect(try await program.run(["--headless", "--settle", "1s", file]).status == 64)
    }

    @Test("many small files are delivered in one go")
    func many() async throws {
        try await withSandbox { sandbox, url in
            let folder = try ProgramFolder(url)
            for number in 0..<80 { try folder.put("Jane Doe,30,cookie-\(number),1\n", "\(number).csv") }
            _ = try await folder.watch { process in
                try await until { folder.names("delivered").count == 160 }
                process.signal(SIGTERM)
            }
            #expect(sandbox.statistics.applied == 80)
            #expect(sandbox.statistics.duplicates == 0)
        }
    }

    @Test("killed at any moment, a service loses no file, leaves none behind, and counts what it may have sent twice")
    func killed() async throws {
        var random = SeededGenerator(seed: 11)
        try await withSandbox(.init(faults: .init(latency: 2, jitter: 5))) { sandbox, url in
            let folder = try ProgramFolder(url)
            var valid: Set<String> = []
            for round in 0..<12 {
                for file in 0..<3 {
                    let cookies = (0..<200).map { "cookie-\(round)-\(file)-\($0)" }
                    valid.formUnion(cookies)
                    try folder.put(cookies.map { "Jane Doe,30,\($0),1\n" }.joined(), "customers-\(file).csv")
                }
                let delay = Duration.milliseconds(Int.random(in: 100...900, using: &random))
                _ = try await folder.watch(["--batch-size", "50"]) { process in
                    try await KillPoint.anywhere(delay).reached(in: sandbox)
                    process.signal(SIGKILL)
                }
                // A file that is still there is replaced in the next round only when it was moved: wait for the rest.
                _ = try await folder.watch(["--batch-size", "50"]) { process in
                    try await until { folder.names().filter { $0.hasSuffix(".csv") }.isEmpty }
                    process.signal(SIGKILL)
                }
            }
            _ = try await folder.watch { process in
                try await until { folder.claims.isEmpty }
                process.signal(SIGTERM)
            }
            #expect(Set(sandbox.cookies.keys) == valid)
            let delivered = folder.names("delivered").filter { $0.hasSuffix(".csv") }
            #expect(delivered.count == 36)
            #expect(folder.names("delivered").count == 72)
            #expect(folder.names("failed") == [])
            let summaries = try delivered.map { try Summary(json: folder.text("delivered/\($0).summary.json")) }
            #expect(summaries.allSatisfy { $0.sent == 200 && $0.state == "done" })
            #expect(sandbox.statistics.duplicates <= summaries.reduce(0) { $0 + $1.possibleDuplicates })
        }
    }
}

/// A drop folder beside a state directory.
private struct ProgramFolder: Sendable {
    let workspace: Workspace
    let program: Program
    var path: String { workspace.path + "/drop" }

    init(_ url: String) throws {
        workspace = try Workspace()
        program = Program(workspace, url: url)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    func put(_ text: String, _ name: String) throws {
        let new = try workspace.write(text, to: "new")
        try FileManager.default.moveItem(atPath: new, toPath: path + "/" + name)
    }

    func names(_ folder: String = "") -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
        return all.filter { !$0.hasPrefix(".") }.sorted()
    }

    var claims: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: workspace.stateDirectory + "/watch")) ?? []
    }

    func text(_ name: String) throws -> String { try workspace.text(of: path + "/" + name) }

    func watch(
        _ options: [String] = [], _ during: @escaping @Sendable (Program.Process) async throws -> Void
    ) async throws -> Program.Ending {
        try await program.run(["--headless", "--watch", path, "--settle", "50ms"] + options, during: during)
    }
}
