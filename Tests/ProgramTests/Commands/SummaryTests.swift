import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("What a delivery tells scripts", .program, .timeLimit(.minutes(20)))
struct SummaryTests {
    @Test("the summary has every promised key, of its type, and no other")
    func keys() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let text = CustomerFile(mixed: 500, seed: 3).text + "Jane Doe,30,refuse-1,1\n"
            let ending = try await Program(workspace, url: url).run([
                "--headless", workspace.write(text), "--json",
            ])
            #expect(ending.status == 1)
            #expect(ending.output.split(separator: "\n").count == 1)
            let object = try #require(
                JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
            let numbers: Set = [
                "run", "read", "rejected", "filtered", "sent", "failed", "pending", "recovered", "possible_duplicates",
                "requests", "retries", "seconds", "records_in_doubt", "min_age", "unread_bytes", "resumable",
            ]
            for key in numbers { #expect(object[key] is NSNumber, "\(key)") }
            let texts: Set = [
                "source", "state", "unsent_file", "started_at", "ended_at", "api", "submitted_by", "node",
            ]
            for key in texts { #expect(object[key] is String, "\(key)") }
            #expect(object["reasons"] as? [String: Int] == ["name": 14, "age_filter": 14])
            #expect((object["statuses"] as? [String: Int])?["200"] ?? 0 > 0)
            #expect(
                Set(object.keys)
                    == numbers.union(texts).union([
                        "reasons", "statuses", "notices", "phase", "reason", "profile", "max_age", "duplicate_of",
                    ]))
        }
    }

    @Test("without failures the unsent file is null")
    func noUnsentFile() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let ending = try await Program(workspace, url: url).run([
                "--headless", workspace.write(CustomerFile(valid: 1).text), "--json",
            ])
            #expect(ending.output.contains(#""unsent_file":null"#), "\(ending.output)")
        }
    }

    @Test("runs are listed newest first, and one is shown")
    func runs() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            for count in 1...3 {
                let file = try workspace.write(CustomerFile(valid: count).text, to: "\(count).csv")
                _ = try await program.run(["--headless", file])
            }
            let runs = try Summary.list(json: try await program.run(["runs", "--json"]).output)
            #expect(runs.map(\.run) == [3, 2, 1])
            #expect(runs.map(\.sent) == [3, 2, 1])
            let shown = try await program.run(["runs", "show", "2", "--json"]).summary()
            #expect(shown == runs[1])
            #expect(try await program.run(["runs", "show", "4"]).status == 1)
        }
    }

    @Test("progress and log stay away from standard output")
    func output() async throws {
        try await withSandbox(.init(bannerScript: [500, 500])) { _, url in
            let workspace = try Workspace()
            var program = Program(workspace, url: url)
            program.environment["LOGLEVEL"] = "debug"
            let ending = try await program.run([
                "--headless", workspace.write(CustomerFile(valid: 10).text), "--json",
            ])
            #expect(try ending.summary().retries == 2)
            #expect(ending.output.hasPrefix("{") && ending.output.split(separator: "\n").count == 1)
        }
    }
}
