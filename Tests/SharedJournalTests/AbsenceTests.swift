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

@Suite("When the database is away")
struct AbsenceTests {
    @Test("commits wait for it and are done when it is back; what is new is refused in the meantime")
    func away() async throws {
        let cluster = try TestCluster()
        let node = try await Crew(cluster).join("node")
        defer { node.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let engine = BusyEngine()
            group.addTask { await node.serve(engine, logger: Logger(label: "nodes")) }
            let run = try await node.create(Notebook.new())
            try await node.commit([.plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
            try await until { engine.share.concurrency == 16 }

            try cluster.stop()
            try await until { node.absence != nil }
            #expect(node.absence?.message.contains("is not available") == true)
            async let late: Void = node.commit([
                .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true),
                .mayHaveBeenApplied(run, sequence: 0, records: 0..<10, isWhole: true),
            ])
            await #expect(throws: DeliveryError.self) { _ = try await node.create(Notebook.new()) }
            await #expect(throws: DeliveryError.self) { try await node.checkWritable() }
            #expect(engine.share.concurrency == 16)

            try cluster.start()
            let back = ContinuousClock.now
            try await late
            try await until { node.absence == nil && node.isFresh }
            #expect(back.duration(to: .now) < .seconds(30))
            let summary = try await node.run(run)
            #expect(summary?.counts.sent == 10 && summary?.possibleDuplicates == 10)
            _ = try await node.create(Notebook.new())
            group.cancelAll()
        }
    }

    @Test("a commit that waits for it fails when the process has to end")
    func givenUp() async throws {
        let cluster = try TestCluster()
        let node = try await Crew(cluster).join("node")
        defer { node.close() }
        let run = try await node.create(Notebook.new())
        try cluster.stop()
        let late = Task { try await node.commit([.state(run, .done, endedAt: Date())]) }
        node.giveUp()
        await #expect(throws: DeliveryError.self) { try await late.value }
        await #expect(throws: DeliveryError.self) { try await node.commit([]) }
    }

    @Test("a node that starts without it joins when it is there; a command does not wait")
    func startsWithout() async throws {
        let cluster = try TestCluster()
        let crew = try Crew(cluster)
        try cluster.stop()
        await #expect(throws: DeliveryError.self) { _ = try await crew.join("command") }
        let node = try await crew.join("service", waits: true)
        defer { node.close() }
        #expect(node.absence != nil && !node.isFresh)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let engine = BusyEngine()
            engine.state.withLock { $0.isBusy = false }
            group.addTask { await node.serve(engine, logger: Logger(label: "nodes")) }
            await #expect(throws: DeliveryError.self) { _ = try await node.create(Notebook.new()) }
            try cluster.start()
            try await until { node.isFresh && engine.share.concurrency == 16 }
            #expect(node.absence == nil)
            _ = try await node.create(Notebook.new())
            group.cancelAll()
        }
    }

    @Test("a user or a database that the server does not know ends the start, however long it may wait")
    func refused() async throws {
        let crew = try Crew()
        let address = try JournalAddress(
            "postgresql:///nowhere?user=tester&host=\(TestCluster.shared.folder.path)", mayHoldPassword: false)
        let identity = NodeIdentity(name: "node", version: "1", instance: "process")
        await #expect(throws: DeliveryError.self) {
            _ = try await PostgresJournal(address, crew.directory("node"), .delivering(identity), waits: true)
        }
    }
}
#endif
