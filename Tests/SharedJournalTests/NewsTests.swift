#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Logging
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

@testable import SharedJournal

@Suite("What nodes announce to each other")
struct NewsTests {
    private static let long = Duration.seconds(600)

    @Test("a ring wakes everybody who waits for it")
    func wakes() async {
        let bell = Bell()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 { group.addTask { await bell.wait(after: 0, atMost: Self.long) } }
            bell.ring()
            for await isAwake in group { #expect(isAwake) }
        }
    }

    @Test("a ring that came while somebody looked is not missed, and an old one wakes nobody")
    func missesNothing() async {
        let bell = Bell()
        let known = bell.rings
        bell.ring()
        #expect(await bell.wait(after: known, atMost: Self.long))
        #expect(await bell.wait(after: bell.rings, atMost: .milliseconds(1)))
    }

    @Test("who is cancelled waits no longer")
    func cancelled() async {
        let bell = Bell()
        let waiting = Task { await bell.wait(after: 0, atMost: Self.long) }
        waiting.cancel()
        #expect(await waiting.value == false)
    }

    @Test("commands, their answers, limits, and pauses reach nodes that listen")
    func announced() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        for node in [first, second] { node.listen() }
        try await until { first.hears.load(ordering: .relaxed) && second.hears.load(ordering: .relaxed) }
        let run = try await first.create(Notebook.new())
        let (commands, answers) = (first.bells[.commands].rings, second.bells[.answers].rings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await first.obey(BusyEngine(), Logger(label: "nodes")) }
            _ = try await second.relay(.pause, to: run, by: Operator(who: "jane@b", from: Operator.screen))
            group.cancelAll()
        }
        try await until { first.bells[.commands].rings > commands && second.bells[.answers].rings > answers }

        let limits = second.bells[.limits].rings
        first.note(pause: .seconds(5), of: "https://ads.example.com")
        try await until { second.bells[.limits].rings > limits }
    }

    @Test("a node whose connection is lost listens again")
    func again() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        first.listen()
        try await until { first.hears.load(ordering: .relaxed) }
        _ = try await second.read { session in
            try session.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        }.count
        try await until {
            let rings = first.bells[.limits].rings
            second.note(pause: .seconds(Int.random(in: 5...500)), of: "https://\(rings).example.com")
            return await first.bells[.limits].wait(after: rings, atMost: .milliseconds(200))
                && first.bells[.limits].rings > rings && first.hears.load(ordering: .relaxed)
        }
    }
}
#endif
