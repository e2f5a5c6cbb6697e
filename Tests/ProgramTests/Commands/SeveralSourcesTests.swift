import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("Several sources are delivered one after another", .program, .timeLimit(.minutes(20)))
struct SeveralSourcesTests {
    @Test("files and patterns make one object with sums and the runs")
    func sums() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let first = CustomerFile(mixed: 300, seed: 1)
            let second = CustomerFile(mixed: 200, seed: 2)
            let one = try workspace.write(first.text, to: "a.csv")
            _ = try workspace.write(second.text, to: "c1.csv")
            _ = try workspace.write(CustomerFile.header, to: "c2.csv")
            let ending = try await Program(workspace, url: url).run([
                "--headless", one, workspace.path + "/c*.csv", "--json",
            ])
            let total = try ending.summary()
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(total.run == nil)
            #expect(total.state == "done")
            #expect(total.read == first.read + second.read)
            #expect(total.rejected == first.rejected + second.rejected)
            #expect(total.sent == first.valid.count + second.valid.count)
            #expect(total.isConserved)
            let runs = try Summary.runs(json: ending.output)
            #expect(runs.map(\.source) == [one, workspace.path + "/c1.csv", workspace.path + "/c2.csv"])
            #expect(runs.map(\.sent) == [first.valid.count, second.valid.count, 0])
            #expect(Set(sandbox.cookies.keys) == first.valid.union(second.valid))
        }
    }

    @Test("one that can't be read keeps no other from being delivered, and decides the exit status")
    func missing() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let file = try workspace.write(CustomerFile(valid: 10).text)
            let ending = try await Program(workspace, url: url).run([
                "--headless", workspace.path + "/missing.csv", file, "--json",
            ])
            #expect(ending.status == 1)
            #expect(ending.errors.contains("missing.csv"))
            let runs = try Summary.runs(json: ending.output)
            #expect(runs.map(\.state) == ["failed", "done"])
            #expect(runs.map(\.run) == [nil, 1])
            #expect(try ending.summary().state == "failed")
            #expect(sandbox.statistics.applied == 10)
        }
    }

    @Test("a pattern that matches nothing is said before anything is sent")
    func noMatch() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let file = try workspace.write(CustomerFile(valid: 10).text)
            let ending = try await Program(workspace, url: url).run(["--headless", file, workspace.path + "/x*.csv"])
            #expect(ending.status == 1)
            #expect(ending.errors.contains("no file matches"), "\(ending.errors)")
            #expect(sandbox.statistics.applied == 0)
        }
    }

    @Test("a dry run adds up, too")
    func dryRun() async throws {
        let workspace = try Workspace()
        let ending = try await Program(workspace, key: nil).run([
            "--headless", "--dry-run", "--json", workspace.write(CustomerFile(valid: 3).text, to: "a.csv"),
            workspace.write(CustomerFile(valid: 4).text, to: "b.csv"),
        ])
        #expect(ending.status == 0)
        #expect(try ending.summary().read == 7)
        #expect(try Summary.runs(json: ending.output).count == 2)
    }

    @Test("a dry run counts the others, too, when one can't be read, and says which")
    func dryRunWithAFault() async throws {
        let workspace = try Workspace()
        let program = Program(workspace, url: "http://127.0.0.1:1")
        let good = try workspace.write(CustomerFile(valid: 3).text, to: "good.csv")
        let bad = try workspace.write("a,b\n1,2\n", to: "bad.csv")
        let both = try await program.run(["--dry-run", "--json", bad, good])
        #expect(both.status == 1 && both.errors.contains("bad.csv"), "\(both.errors)")
        #expect(try both.summary().read == 3)
        let text = try await program.run(["--dry-run", good, good, bad])
        #expect(
            text.output.contains("; 1 can't be read") && !text.output.contains("not fully delivered"), "\(text.output)")
        let alone = try await program.run(["--dry-run", "--json", bad])
        #expect(alone.status == 1 && alone.output.contains(#""resumable":false"#), "\(alone.output)")
    }
}
