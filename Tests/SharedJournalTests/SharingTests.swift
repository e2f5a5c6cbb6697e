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

@Suite("What nodes share of the API")
struct SharingTests {
    private static let logger = Logger(label: "nodes")

    /// Lets nodes with an engine each divide the limits while `body` looks on.
    private func serving(
        _ nodes: [PostgresJournal], _ body: ([BusyEngine]) async throws -> Void
    ) async throws {
        let engines = nodes.map { _ in BusyEngine() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (node, engine) in zip(nodes, engines) {
                group.addTask { await node.serve(engine, logger: Self.logger) }
                // The first one's limits are those of all.
                try await until { try await node.limits() != nil }
            }
            try await body(engines)
            group.cancelAll()
        }
        for node in nodes { node.close() }
    }

    private func total(_ engines: [BusyEngine]) -> Int { engines.reduce(0) { $0 + $1.share.concurrency } }

    @Test("they divide the concurrency and the rate of the first, and a change of `nodes set` reaches all of them")
    func divided() async throws {
        let crew = try Crew()
        let first = try await crew.join("first", given: GivenLimits(concurrency: 9, rate: 300))
        let others = [
            try await crew.join("second", given: GivenLimits(concurrency: 64)), try await crew.join("third"),
        ]
        try await serving([first] + others) { engines in
            try await until { engines.allSatisfy { $0.share.rate == 100 } }
            try await until { engines.map(\.share.concurrency) == [3, 3, 3] }
            let named = try await first.nodes().nodes.map(\.differences)
            #expect(named == [[], ["--concurrency 64 here, but the nodes share 9"], []])
            #expect(try await first.nodes().nodes.map(\.rateShare) == [100, 100, 100])

            let entry = AuditEntry(at: Date(), by: Operator(who: "a", from: "b"), .setConcurrency)
            let changed = try await first.set(.limit(.concurrency, 2), noting: entry)
            #expect(changed == ClusterLimits(concurrency: 2, rate: 300))
            try await until { total(engines) == 2 }
            // Two places for three: each has one again and again.
            for engine in engines {
                try await until { engine.share.concurrency == 0 }
                try await until { engine.share.concurrency == 1 }
                #expect(total(engines) <= 2)
            }
            #expect(try await first.audit(AuditQuery()).map(\.command) == [.setConcurrency])
        }
    }

    @Test(
        "what one has learned of the API's rate, one that begins divides with it, and leaves when it has nothing to send"
    )
    func learned() async throws {
        let crew = try Crew()
        let first = try await crew.join("first")
        try await serving([first]) { engines in
            engines[0].state.withLock { $0.learnedRate = 40 }
            try await until { try await first.read { try $0.run("SELECT 1 FROM learned_rate").count } == 1 }
            let late = (journal: try await crew.join("late"), engine: BusyEngine())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await late.journal.serve(late.engine, logger: Self.logger) }
                try await until { engines[0].learned == 20 && late.engine.learned == 20 }
                late.engine.state.withLock { $0.isBusy = false }
                try await until { engines[0].learned == 40 }
                group.cancelAll()
            }
            late.journal.close()
        }
    }

    @Test("what an operator changes on one of them holds for all")
    func operated() async throws {
        let crew = try Crew()
        let nodes = [try await crew.join("first"), try await crew.join("second")]
        try await serving(nodes) { engines in
            try await until { engines.map(\.share.concurrency) == [8, 8] }
            engines[1].state.withLock { $0.limits.rate = 50 }
            try await until { engines.allSatisfy { $0.share.rate == 25 } }
            #expect(try await nodes[0].limits() == ClusterLimits(concurrency: 16, rate: 50))
        }
    }

    @Test("hours that are set for one hold for all, and for those that come later, whatever they were started with")
    func hours() async throws {
        let crew = try Crew()
        let window = "08:00-20:00@Europe/Vienna"
        let first = try await crew.join("first", given: GivenLimits(window: window))
        let other = try await crew.join("second", given: GivenLimits(window: "sat 10:00-11:00@UTC"))
        try await serving([first, other]) { engines in
            try await until { engines.allSatisfy { $0.state.withLock { $0.limits.window } == window } }
            let named = try await first.nodes().nodes.map(\.differences)
            #expect(named == [[], ["--window sat 10:00-11:00@UTC here, but the nodes share \(window)"]])
            engines[1].state.withLock { $0.limits.window = "sat 10:00-12:00@UTC" }
            try await until { engines[0].state.withLock { $0.limits.window } == "sat 10:00-12:00@UTC" }
            let entry = AuditEntry(at: Date(), by: Operator(who: "a", from: "b"), .setWindow)
            let changed = try await other.set(.window(nil), noting: entry)
            #expect(changed == ClusterLimits())
            try await until { engines.allSatisfy { $0.state.withLock { $0.limits.window } == nil } }
        }
    }

    @Test("a node that can't read the hours of the others sends nothing")
    func unknownHours() async throws {
        let crew = try Crew()
        let first = try await crew.join("first", given: GivenLimits(window: "08:00-20:00@Nowhere/Else"))
        try await serving([first]) { engines in
            try await until { engines[0].state.withLock { $0.limits.window } != nil }
            #expect(engines[0].share == .none)
            let entry = AuditEntry(at: Date(), by: Operator(who: "a", from: "b"), .setWindow)
            _ = try await first.set(.window("08:00-20:00@UTC"), noting: entry)
            try await until { engines[0].share.concurrency == 16 }
        }
    }

    @Test("the share of a node that leaves, or was taken over, goes to the others")
    func gone() async throws {
        let crew = try Crew()
        let nodes = [try await crew.join("first"), try await crew.join("second"), try await crew.join("third")]
        try await serving(nodes) { engines in
            try await until { total(engines) == 16 }
            await nodes[2].leave()
            try await until { engines[0].share.concurrency == 8 && engines[1].share.concurrency == 8 }
            _ = try await nodes[0].takeOverNow(nodes[1])
            try await until { engines[0].share.concurrency + engines[1].share.concurrency <= 16 }
            #expect(try await nodes[0].limits()?.concurrency == 16)
        }
    }

    @Test("a pause that the API asked one of them for reaches the others, once")
    func paused() async throws {
        let crew = try Crew()
        let nodes = [try await crew.join("first"), try await crew.join("second")]
        try await serving(nodes) { engines in
            try await until { total(engines) == 16 }
            var slowest = Duration.zero
            for round in 1...5 {
                let asked = ContinuousClock.now
                nodes[0].note(pause: .seconds(60 * round), of: "https://ads.test")
                nodes[0].note(pause: .seconds(1), of: "https://other.test")
                try await until { engines[1].state.withLock { $0.pauses.count } == round }
                slowest = max(slowest, asked.duration(to: .now))
            }
            let pauses = engines[1].state.withLock { $0.pauses }
            #expect(zip(pauses, 1...).allSatisfy { $0 > .seconds(60 * $1 - 5) && $0 <= .seconds(60 * $1) })
            #expect(slowest < .seconds(2), "it took \(slowest)")
        }
    }
}
#endif
