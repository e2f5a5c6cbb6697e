import DeliveryModel
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("An API that goes away and comes back", .program, .timeLimit(.minutes(20)))
struct OutageTests {
    @Test("is waited for: no record fails, few requests are made meanwhile, and then everything arrives")
    func comesBack() async throws {
        try await withSandbox(.init(faults: .init(latency: 5))) { sandbox, url in
            let file = CustomerFile(mixed: 20_000, seed: 8)
            let workspace = try Workspace()
            let arguments = ["--headless", try workspace.write(file.text), "--batch-size", "100", "--json"]
            let ending = try await Program(workspace, url: url).run(arguments) { _ in
                await sandbox.until { $0.applied >= 5000 }
                sandbox.update { $0.faults.outage = true }
                let before = sandbox.statistics.arrived
                // What was in flight, be it much, the tries until the breaker opens, and some probes.
                await sandbox.until { $0.arrived >= before + 12 && $0.inFlight == 0 }
                sandbox.update { $0.faults.outage = false }
            }
            let summary = try ending.summary()
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(ending.errors.contains("waiting until"), "that it waits has to be said")
            #expect(summary.state == "done")
            #expect(summary.failed == 0 && summary.pending == 0)
            #expect(summary.isConserved)
            #expect(Set(sandbox.cookies.keys) == file.valid)
            #expect(sandbox.statistics.duplicates <= summary.possibleDuplicates)
        }
    }
}
