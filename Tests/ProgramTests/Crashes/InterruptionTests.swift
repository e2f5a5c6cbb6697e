import DeliveryModel
import Foundation
import ShowAdsSandbox
import Synchronization
import TestSupport
import Testing

@Suite("An interrupted delivery can be continued", .program, .timeLimit(.minutes(20)))
struct InterruptionTests {
    @Test("a signal ends it in order, and nothing is sent twice afterwards", arguments: [SIGINT, SIGTERM])
    func signal(_ signal: CInt) async throws {
        try await withSandbox(.init(faults: .init(latency: 20))) { sandbox, url in
            let file = CustomerFile(mixed: 10_000, seed: 4)
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let arguments = ["--headless", try workspace.write(file.text), "--batch-size", "100", "--json"]
            let stopped = try await program.run(arguments) { process in
                await sandbox.until { $0.applied >= 1000 }
                process.signal(signal)
            }
            #expect(stopped.status == 128 + Int(signal), "\(stopped.errors)")
            let early = try stopped.summary()
            #expect(early.state == "stopped")
            #expect(early.sent < file.valid.count)
            #expect(early.sent == sandbox.statistics.applied)

            let resumed = try await program.run(["resume", "--json"])
            let summary = try resumed.summary()
            #expect(resumed.status == 0)
            #expect(summary.run == early.run)
            #expect(summary.read == file.read && summary.rejected == file.rejected)
            #expect(summary.sent == file.valid.count)
            #expect(summary.possibleDuplicates == 0)
            #expect(Set(sandbox.cookies.keys) == file.valid)
            #expect(sandbox.statistics.duplicates == 0)
        }
    }

    @Test("a second signal ends it at once, though the API never answers")
    func secondSignal() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let file = CustomerFile(valid: 100)
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let asked = Mutex(ContinuousClock.now)
            let stopped = try await program.run(["--headless", try workspace.write(file.text)]) { process in
                await sandbox.until { $0.maxBatch > 0 }
                asked.withLock { $0 = .now }
                await process.insist(SIGINT)
            }
            #expect(stopped.status == 130)
            let took = asked.withLock { $0.duration(to: .now) }
            #expect(took < .seconds(8), "in order it would wait ten seconds for the answer")
            sandbox.update { $0.hangRate = 0 }
            let summary = try await program.run(["resume", "--json"]).summary()
            #expect(summary.sent == 100)
            #expect(summary.possibleDuplicates == 100)
        }
    }

    @Test("a source that changed since is refused, and nothing of it is sent")
    func changedSource() async throws {
        try await withSandbox(.init(faults: .init(latency: 20))) { sandbox, url in
            let file = CustomerFile(valid: 5000)
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let path = try workspace.write(file.text)
            _ = try await program.run(["--headless", path, "--batch-size", "100"]) { process in
                await sandbox.until { $0.applied >= 500 }
                process.signal(SIGTERM)
            }
            let applied = sandbox.statistics.applied
            _ = try workspace.write(file.text.replacing("Jane Doe,30,cookie-4999", with: "Jane Doe,30,cookie-499x"))
            let refused = try await program.run(["resume"])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("\(path) changed since run 1 began"), "\(refused.errors)")
            #expect(sandbox.statistics.applied == applied)
        }
    }

    @Test("a spooled delivery of standard input can be continued")
    func standardInput() async throws {
        try await withSandbox(.init(faults: .init(latency: 20))) { sandbox, url in
            let file = CustomerFile(valid: 5000)
            let program = Program(try Workspace(), url: url)
            let killed = try await program.run(["--headless", "-", "--batch-size", "100"], input: file.text) {
                await sandbox.until { $0.applied >= 500 }
                $0.signal(SIGKILL)
            }
            #expect(killed.status == nil)
            let summary = try await program.run(["resume", "--json"]).summary()
            #expect(summary.sent == 5000)
            #expect(Set(sandbox.cookies.keys) == file.valid)
        }
    }

    @Test("an API that is gone for too long stops the run, which can be resumed")
    func givenUp() async throws {
        try await withSandbox(.init(faults: .init(outage: true))) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let arguments = ["--headless", try workspace.write(CustomerFile(valid: 3000).text), "--json"]
            let stopped = try await program.run(arguments + ["--give-up-after", "2s"])
            #expect(stopped.status == 1)
            let early = try stopped.summary()
            #expect(early.state == "stopped")
            #expect(early.failed == 0, "an outage must not cost attempts")
            sandbox.update { $0.faults.outage = false }
            #expect(try await program.run(["resume", "--json"]).summary().sent == 3000)
        }
    }

    @Test("a second signal ends it immediately, and it says how to go on")
    func twice() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let file = try workspace.write(CustomerFile(valid: 3).text)
            let ending = try await Program(workspace, url: url).run(["--headless", file]) { process in
                await sandbox.until { $0.inFlight > 0 }
                process.signal(SIGTERM)
                process.signal(SIGINT)
            }
            #expect(ending.status == 130 || ending.status == 143)
            #expect(ending.errors.contains("Interrupted. Resume with: data-connector resume 1"), "\(ending.errors)")
        }
    }

    @Test("a terminal that is gone ends a command in order")
    func hangup() async throws {
        try await withSandbox(.init(faults: .init(latency: 200))) { sandbox, url in
            let workspace = try Workspace()
            let file = try workspace.write(CustomerFile(valid: 500).text)
            let arguments = ["--headless", "--json", "--batch-size", "1", "--concurrency", "1", file]
            let ending = try await Program(workspace, url: url).run(arguments) { process in
                await sandbox.until { $0.arrived > 0 }
                process.signal(SIGHUP)
            }
            #expect(ending.status == 129)
            let summary = try ending.summary()
            #expect(summary.state == "stopped" && summary.pending > 0 && summary.isConserved)
        }
    }
}
