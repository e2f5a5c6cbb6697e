#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

@testable import SharedJournal

@Suite("A node whose key or address is wrong")
struct GivingAwayTests {
    private static let logger = Logger(label: "nodes")

    @Test("gives its runs to a node that can deliver, and keeps them while there is none")
    func givesAway() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        let work = BusyEngine()
        work.state.withLock { $0.toYield = [run] }

        try await second.fail(because: "wrong key")
        await first.giveUp(because: "wrong key", work, Self.logger)
        await first.giveAway(work, Self.logger)
        #expect(work.state.withLock { $0.toYield } == [run])
        #expect(try await second.claimOne(for: Notebook.binding) { _ in true } == nil)

        try await second.fail(because: nil)
        await first.giveUp(because: "wrong key", work, Self.logger)
        await first.giveAway(work, Self.logger)
        #expect(work.state.withLock { $0.toYield.isEmpty && $0.yielded.isEmpty })
        #expect(try await second.claimOne(for: Notebook.binding) { _ in true } == run)
        await #expect(throws: DeliveryError.self) {
            try await first.commit([.plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
        }
    }

    @Test("says so in its heartbeat, and others do not wait for it to take runs")
    func named() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let work = BusyEngine()
        work.state.withLock { $0.fault = "wrong key" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await first.serve(work, logger: Self.logger) }
            try await until { try await second.nodes().nodes.first?.fault == "wrong key" }
            group.cancelAll()
        }
        // The second one has more runs, and takes another nevertheless.
        _ = try await second.create(Notebook.new())
        let free = try await second.create(Notebook.new())
        try await second.free([free])
        #expect(try await second.claimOne(for: Notebook.binding) { _ in true } == free)
    }

    @Test("does so only when that lasts, and not again before it has lasted for as long again")
    func lasting() {
        var fault = LastingFault()
        let start = ContinuousClock.now
        #expect(fault.look(at: "wrong key", patience: .seconds(5), now: start) == nil)
        #expect(fault.look(at: nil, patience: .seconds(5), now: start + .seconds(4)) == nil)
        #expect(fault.look(at: "wrong key", patience: .seconds(5), now: start + .seconds(5)) == nil)
        #expect(fault.look(at: "wrong key", patience: .seconds(5), now: start + .seconds(9)) == nil)
        #expect(fault.look(at: "wrong key", patience: .seconds(5), now: start + .seconds(10)) == "wrong key")
        #expect(fault.look(at: "wrong key", patience: .seconds(5), now: start + .seconds(11)) == nil)
        #expect(fault.look(at: "wrong key", patience: .seconds(5), now: start + .seconds(15)) == "wrong key")
    }
}

extension PostgresJournal {
    /// As its heartbeat says it.
    fileprivate func fail(because reason: String?) async throws {
        try await write { session, node in
            _ = try session.run("UPDATE node SET fault = $2 WHERE id = $1", [.text(node), .text(orNull: reason)])
        }
    }
}
#endif
