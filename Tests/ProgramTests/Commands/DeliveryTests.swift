import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("Files are delivered whole, in requests of the right size", .program, .timeLimit(.minutes(20)))
struct DeliveryTests {
    private static let bulk = "/banners/show/bulk"

    @Test(
        "so many valid records make so many requests",
        arguments: [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2)])
    func requests(_ records: Int, _ expected: Int) async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let file = CustomerFile(valid: records)
            let ending = try await Program(workspace, url: url).run([
                "--headless", workspace.write(file.text), "--json",
            ])
            let summary = try ending.summary()
            #expect(ending.status == 0)
            #expect(summary.state == "done")
            #expect(summary.sent == records)
            #expect(summary.requests == expected)
            let statistics = sandbox.statistics
            #expect(statistics.count(Self.bulk, "200") == expected)
            #expect(statistics.maxBatch == min(records, 1000))
            #expect(Set(sandbox.cookies.keys) == file.valid)
            #expect(statistics.duplicates == 0)
            #expect(statistics.clientFaults == [])
        }
    }

    @Test("a file without a record is delivered without a request", arguments: ["", "\n\n", CustomerFile.header])
    func nothing(_ text: String) async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let ending = try await Program(workspace, url: url).run([
                "--headless", workspace.write(text), "--json",
            ])
            let summary = try ending.summary()
            #expect(ending.status == 0)
            #expect(summary.read == 0)
            #expect(summary.state == "done")
            #expect(sandbox.statistics.count(Self.bulk) == 0)
        }
    }

    @Test("standard input is delivered as a file is")
    func standardInput() async throws {
        try await withSandbox { sandbox, url in
            let file = CustomerFile(mixed: 1500, seed: 1)
            let program = Program(try Workspace(), url: url)
            let ending = try await program.run(["--headless", "-", "--json"], input: file.text)
            let summary = try ending.summary()
            #expect(ending.status == 0)
            #expect(summary.source == "standard input")
            #expect(summary.read == file.read)
            #expect(summary.rejected == file.rejected)
            #expect(summary.filtered == file.filtered)
            #expect(Set(sandbox.cookies.keys) == file.valid)
            let spool = try program.workspace.stateFiles().filter { $0.contains("/spool/") }
            #expect(spool == [], "a delivered copy of personal data has to go")
        }
    }

    /// Its third column holds, for each choice of ages, how many records the Python connector sent.
    @Test(
        "the records that the Python connector sent are sent",
        arguments: [([], 3), (["-mi", "8"], 4), (["-ma", "30"], 2), (["-mi", "20", "-ma", "30"], 2)])
    func pythonFile(_ ages: [String], _ sent: Int) async throws {
        let text = """
            Name,Age,Cookie,BannerId
            Prof. J F,79,dddd,113
            K M Valid,25,jjjj,28
            Mr. A B,53,gggg,51
            K B Valid,25,ffff,99
            K M G,17,jjjj,30
            K D Valid,38,ffff,80
            K B M,38,ffff,120

            """
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let ending = try await Program(workspace, url: url).run(["upload-file", workspace.write(text)] + ages)
            #expect(ending.status == 0)
            #expect(ending.output == "Successfully sent \(sent) of records.\n")
            #expect(sandbox.statistics.applied == sent)
        }
    }

    @Test("ages from the environment count, and zero is an age")
    func ages() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            var program = Program(workspace, url: url)
            program.environment["MIN_AGE"] = "0"
            program.environment["MAX_AGE"] = "0"
            let file = try workspace.write("Jane Doe,0,zero,1\nJane Doe,1,one,1\nJane Doe,18,grown,1\n")
            let summary = try await program.run(["--headless", file, "--json"]).summary()
            #expect(summary.sent == 1)
            #expect(summary.filtered == 2)
            #expect(sandbox.cookies == ["zero": 1])
        }
    }

    @Test("a dry run says where the first rejected record of each reason stands")
    func firstRejected() async throws {
        let workspace = try Workspace()
        let text = "name,age,cookie,banner_id\nJan,25,c1,1\nEva,30\nIvo,x,c3,3\nAda,y,c4,4\n"
        let ending = try await Program(workspace, key: nil).run(["--headless", "--dry-run", workspace.write(text)])
        #expect(ending.status == 0)
        #expect(
            ending.output.contains("    line 3: malformed: 2 fields, 4 needed\n    line 4: age: "), "\(ending.output)")
        #expect(!ending.output.contains("line 5"))
    }

    @Test("a dry run counts and sends nothing, and needs no address")
    func dryRun() async throws {
        let workspace = try Workspace()
        let file = CustomerFile(mixed: 2000, seed: 2)
        let ending = try await Program(workspace, key: nil).run([
            "--headless", "--dry-run", workspace.write(file.text), "--json",
        ])
        let summary = try ending.summary()
        #expect(ending.status == 0)
        #expect(summary.state == "dry_run")
        #expect(summary.read == file.read)
        #expect(summary.rejected == file.rejected)
        #expect(summary.filtered == file.filtered)
        #expect(summary.pending == file.valid.count)
        #expect(summary.sent == 0)
        #expect(try workspace.stateFiles() == [])
    }
}
