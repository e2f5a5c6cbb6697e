import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A process that is killed loses nothing", .program, .timeLimit(.minutes(20)))
struct KillTests {
    struct Scenario: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var seed: UInt64
        var rows = 4000
        var batchSize = 100
        var behavior: SandboxBehavior

        static let all = [
            Scenario(testDescription: "an API that answers at once", seed: 1, rows: 20_000, behavior: .init()),
            Scenario(
                testDescription: "an API that takes its time", seed: 2,
                behavior: .init(faults: .init(latency: 10, jitter: 20))),
            Scenario(
                testDescription: "errors, some after the records were applied", seed: 3,
                behavior: .init(faults: .init(latency: 5, errorRate: 0.05), appliedErrorRate: 0.1)),
            Scenario(
                testDescription: "resets before and after the records were applied", seed: 4,
                behavior: .init(faults: .init(latency: 5), resetRate: 0.05, appliedResetRate: 0.05)),
            Scenario(
                testDescription: "refused records in many batches", seed: 5, rows: 2000,
                behavior: .init(
                    faults: .init(latency: 2),
                    refusedCookies: Set((0..<2000).filter { $0 % 150 == 75 }.map { "cookie-\($0)" }))),
            Scenario(
                testDescription: "tokens that serve a few requests only", seed: 6,
                behavior: .init(faults: .init(latency: 5, jitter: 5), tokenUses: 7)),
        ]
        /// All scenarios together have to kill at least this often.
        static let kills = 204
    }

    @Test("every valid record arrives or is listed, whenever the process is killed", arguments: Scenario.all)
    func killedAnywhere(_ scenario: Scenario) async throws {
        var random = SeededGenerator(seed: scenario.seed)
        var kills = 0
        while kills < Scenario.kills / Scenario.all.count {
            try await withSandbox(scenario.behavior, seed: scenario.seed) { sandbox, url in
                let file = CustomerFile(mixed: scenario.rows, seed: random.next())
                let delivery = try Delivery(file, url: url, batchSize: scenario.batchSize)
                for _ in 0..<8 {
                    let point = KillPoint.random(using: &random)
                    guard try await delivery.go(killAt: point, of: sandbox) else { break }
                    kills += 1
                }
                let summary = try await delivery.finish()
                await sandbox.until { $0.inFlight == 0 }
                try delivery.check(summary, file, sandbox)
            }
        }
    }
}

/// A file that is delivered by one process after the other.
private struct Delivery {
    let workspace: Workspace
    let program: Program
    let source: String
    let batchSize: Int

    init(_ file: CustomerFile, url: String, batchSize: Int) throws {
        workspace = try Workspace()
        program = Program(workspace, url: url)
        source = try workspace.write(file.text)
        self.batchSize = batchSize
    }

    /// Starts the delivery or continues with it.
    /// - Returns: whether the process was killed; otherwise it came to its end first.
    func go(killAt point: KillPoint, of sandbox: Sandbox) async throws -> Bool {
        let ending = try await program.run(try await arguments()) { process in
            try await point.reached(in: sandbox)
            process.signal(SIGKILL)
        }
        guard let status = ending.status else { return true }
        #expect([0, 1].contains(status), "\(ending.errors)")
        return false
    }

    /// Delivers what is left.
    func finish() async throws -> Summary {
        let ending = try await program.run(try await arguments())
        let runs = try Summary.list(json: await program.run(["runs", "--json"]).output)
        #expect(runs.count == 1)
        return try #require(runs.first, "\(ending.errors)")
    }

    /// A process that was killed before its run was journaled has sent nothing, so there is nothing to resume.
    private func arguments() async throws -> [String] {
        let options = ["--batch-size", String(batchSize), "--attempts", "20", "--json"]
        let hasBegun = try await program.run(["runs", "--json"]).output != "[]\n"
        return (hasBegun ? ["resume"] : ["--headless", source]) + options
    }

    func check(_ summary: Summary, _ file: CustomerFile, _ sandbox: Sandbox) throws {
        let statistics = sandbox.statistics
        #expect(summary.state == "done")
        #expect(summary.read == file.read)
        #expect(summary.rejected == file.rejected)
        #expect(summary.filtered == file.filtered)
        #expect(summary.pending == 0)
        #expect(summary.isConserved)
        let missing = file.valid.subtracting(sandbox.cookies.keys)
        #expect(missing == sandbox.behavior.refusedCookies.intersection(file.valid))
        #expect(summary.failed == missing.count)
        #expect(statistics.duplicates <= summary.possibleDuplicates)
        #expect(statistics.clientFaults == [])
        let rejects = try workspace.text(of: workspace.stateDirectory + "/runs/1/rejected.csv").split(separator: "\n")
        #expect(rejects.count == file.rejected + 1)
        #expect(Set(rejects).count == rejects.count)
    }
}
