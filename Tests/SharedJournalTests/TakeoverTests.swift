#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@testable import SharedJournal

@Suite("When a node takes over from another")
struct TakeoverTests {
    @Test("the former owner commits nothing, and what it had under way is counted as in doubt")
    func fenced() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        try await first.commit([.plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0)])

        #expect(try await second.takeOverNow(first) == [run])
        await #expect(throws: DeliveryError.self) {
            try await first.commit([.acknowledge(run, sequence: 0, records: 0..<10, isWhole: true)])
        }
        await #expect(throws: DeliveryError.self) { _ = try await first.create(Notebook.new()) }

        let resumed = try #require(
            try await second.reopen(run, by: Crew.owner("second"), for: Notebook.binding))
        #expect(resumed.summary.possibleDuplicates == 10)
        #expect(resumed.summary.recordsInDoubt == 10)
        #expect(resumed.openBatches.map(\.state) == [.planned])
        try await second.commit([.acknowledge(run, sequence: 0, records: 0..<10, isWhole: true)])
        #expect(try await second.run(run)?.counts.sent == 10)
        #expect(try await second.run(run)?.node == "second")
    }

    @Test("a node that was taken over joins again as another one, and can't have its run back from its new owner")
    func rejoins() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        _ = try await second.takeOverNow(first)
        #expect(try await second.claimOne(for: Notebook.binding) { _ in true } == run)

        await #expect(throws: DeliveryError.self) { try await first.checkWritable() }
        try await first.checkWritable()
        first.beginCommits()
        await #expect { _ = try await first.reopen(run, by: Crew.owner("first"), for: Notebook.binding) } throws: {
            ($0 as? DeliveryError)?.code == .conflict
        }
        // What it says of the run changes nothing, and stops nothing.
        try await first.commit([.state(run, .failed(reason: "taken over"), endedAt: Date())])
        #expect(try await second.run(run)?.state == .preparing)
        _ = try await first.create(Notebook.new())
    }

    @Test("a run of a living node is neither taken nor continued by another")
    func owned() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        #expect(try await second.claimOne(for: Notebook.binding) { _ in true } == nil)
        await #expect { _ = try await second.reopen(run, by: Crew.owner("second"), for: Notebook.binding) } throws: {
            "\($0)".contains("Node \(RunOwner.current.node) delivers run \(run).")
        }
        await #expect(throws: DeliveryError.self) {
            try await second.commit([.plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
        }
    }

    @Test("what a service leaves is taken by others; what a command leaves waits for its user")
    func leaving() async throws {
        let crew = try Crew()
        let (service, command) = (try await crew.join("service"), try await crew.join("command", serves: false))
        let other = try await crew.join("other")
        defer { for node in [service, command, other] { node.close() } }
        let served = try await service.create(Notebook.new())
        let commanded = try await command.create(Notebook.new())
        await command.leave()
        await service.leave()
        let reason = "node \(RunOwner.current.node) is gone; waits for a node that has /customers.csv"
        #expect(try await other.run(served)?.state == .waiting(reason: reason, until: nil))
        #expect(try await other.claimOne(for: Notebook.binding) { _ in true } == served)
        #expect(try await other.claimOne(for: Notebook.binding) { _ in true } == nil)
        #expect(try await other.run(commanded)?.state == .stopped(reason: "interrupted"))
        #expect(try await other.reopen(commanded, by: Crew.owner("other"), for: Notebook.binding) != nil)
        #expect(try await other.nodes().nodes.map(\.state) == [.gone, .live, .gone])
    }

    @Test("a process that follows a dead one in the same state directory need not wait for its lease")
    func successor() async throws {
        let crew = try Crew()
        let dead = try await crew.join("node")
        let run = try await dead.create(Notebook.new())
        dead.close()
        let next = try await crew.join("node")
        defer { next.close() }
        #expect(try await next.reopen(run, by: Crew.owner("node"), for: Notebook.binding) != nil)
    }

    @Test("a file is taken only by a node that sees it, and a run only for its own API")
    func unreadable() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        await first.leave()
        #expect(try await second.claimOne(for: Notebook.binding) { _ in false } == nil)
        #expect(try await second.claimOne(for: RunBinding(api: "https://other.test")) { _ in true } == nil)
        #expect(try await second.claimOne(for: Notebook.binding) { _ in true } == run)
    }
}
#endif
