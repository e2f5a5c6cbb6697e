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

@Suite("Commands for a run of another node")
struct RelayTests {
    private static let asker = Operator(who: "jane@b", from: Operator.screen)

    @Test("reach its owner, with who asked, and bring back what that answered")
    func reachOwner() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        let work = BusyEngine()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await first.obey(work, Logger(label: "nodes")) }
            let answer = try await second.relay(.pause, to: run, by: Self.asker)
            #expect(answer == RelayAnswer(text: "done"))
            #expect(work.state.withLock { $0.obeyed } == ["pause by jane@b"])
            await #expect(throws: DeliveryError(.conflict, "not this one")) {
                _ = try await second.relay(.discard, to: run, by: Self.asker)
            }
            group.cancelAll()
        }
    }

    @Test("are this node's own when it has the run, or nobody has")
    func own() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        #expect(try await first.relay(.pause, to: run, by: Self.asker) == nil)
        await first.leave()
        #expect(try await second.relay(.pause, to: run, by: Self.asker) == nil)
    }

    @Test("end with the node that they were for")
    func ownerGone() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        let third = try await crew.join("third")
        defer { for node in [first, second, third] { node.close() } }
        let run = try await first.create(Notebook.new())
        async let answer = second.relay(.stop, to: run, by: Self.asker)
        try await until {
            try await third.writeAnywhere { try $0.run("SELECT 1 FROM command").count > 0 }
        }
        _ = try await third.takeOverNow(first)
        do {
            _ = try await answer
            Issue.record("a command was answered by nobody")
        } catch {
            #expect((error as? DeliveryError)?.code == .conflict)
        }
    }
}
#endif
