import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("Lists of what was delivered")
struct DeliveredListTests {
    private static func key(_ cookie: String, _ list: DeliveryList) -> DeliveryKey {
        DeliveryKey(cookie: cookie, bannerID: 1, secret: list.secret)
    }

    private static func find(_ cookies: [String], _ list: DeliveryList, _ store: any DurableStore) async throws
        -> [String]
    {
        let keys = cookies.map { (key($0, list), $0) }.sorted { $0.0 < $1.0 }
        let found = try await store.delivered(keys.map(\.0), in: list.id)
        return zip(keys, found).filter(\.1).map(\.0.1).sorted()
    }

    @Test(
        "what an interrupted run with a list had under way is in doubt once the next run begins",
        arguments: [StoreKind.journal, .memory])
    func interrupted(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        defer { withExtendedLifetime(notebook) {} }
        var new = Notebook.new()
        new.options.onlyNew = "nightly"
        let run = try await notebook.store.create(new)
        try await notebook.store.commit([
            .plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .plan(run, Notebook.batch(1, state: .planned), rejects: [], rejectsBytes: 0),
        ])
        func begin(_ name: String, _ owner: RunOwner) async throws -> RunSummary {
            _ = try await notebook.store.deliveryList(name, for: Notebook.binding.api, begunBy: owner)
            return try await notebook.summary(of: run)
        }
        #expect(try await begin("nightly", new.owner).recordsInDoubt == 0, "its own process still sends it")
        let next = RunOwner(node: "here", instance: "2")
        #expect(try await begin("weekly", next).recordsInDoubt == 0)
        for _ in 0..<2 {
            let summary = try await begin("nightly", next)
            #expect(summary.recordsInDoubt == 10 && summary.possibleDuplicates == 10)
        }
        // When it is resumed after all, they are sent again.
        let resumed = try #require(try await notebook.store.reopen(run, by: next, for: Notebook.binding))
        #expect(resumed.summary.recordsInDoubt == 10 && resumed.summary.possibleDuplicates == 20)
    }

    @Test(
        "hold what was delivered under a name and for an API, before and after it was compacted",
        arguments: [
            StoreKind.journal, .memory,
        ])
    func lists(_ kind: StoreKind) async throws {
        // It closes its journal when nobody holds it any more.
        let notebook = try await Notebook(kind)
        defer { withExtendedLifetime(notebook) {} }
        let store = notebook.store
        #expect(try await store.deliveryList("nightly", for: "https://a", begunBy: nil) == nil)
        let list = try #require(try await store.deliveryList("nightly", for: "https://a", begunBy: Notebook.owner))
        let other = try #require(try await store.deliveryList("nightly", for: "https://b", begunBy: Notebook.owner))
        #expect(
            try await store.deliveryList("nightly", for: "https://a", begunBy: Notebook.owner) == list && list != other)
        try await store.commit([.deliver(list: list.id, keys: ["a", "b"].map { Self.key($0, list) })])
        try await store.commit([.deliver(list: list.id, keys: [Self.key("c", list)])])
        for _ in 0..<2 {
            #expect(try await Self.find(["a", "b", "c", "d"], list, store) == ["a", "b", "c"])
            #expect(try await Self.find(["a"], other, store) == [])
            try await store.compactDelivered(in: list.id)
        }
        try await store.commit([.deliver(list: list.id, keys: [Self.key("d", list)])])
        #expect(try await Self.find(["a", "d", "e"], list, store) == ["a", "d"])
        let summaries = try await store.deliveryLists()
        #expect(summaries.map(\.records) == [4, 0] && summaries.map(\.api) == ["https://a", "https://b"])
        #expect(try await store.removeDeliveryList("weekly") == nil)
        #expect(try await store.removeDeliveryList("nightly") == 4)
        #expect(try await store.deliveryLists().isEmpty)
        // A run that continues enters nothing any more.
        try await store.commit([.deliver(list: list.id, keys: [Self.key("a", list)])])
        try await store.compactDelivered(in: list.id)
        #expect(try await store.delivered([Self.key("a", list)], in: list.id) == [false])
    }

    @Test("hold a record that two runs delivered once", arguments: [StoreKind.journal, .memory])
    func twice(_ kind: StoreKind) async throws {
        // It closes its journal when nobody holds it any more.
        let notebook = try await Notebook(kind)
        defer { withExtendedLifetime(notebook) {} }
        let store = notebook.store
        let list = try #require(try await store.deliveryList("nightly", for: nil, begunBy: Notebook.owner))
        func deliver(_ cookies: [String]) async throws {
            try await store.commit([.deliver(list: list.id, keys: cookies.map { Self.key($0, list) })])
        }
        func count() async throws -> Int? { try await store.deliveryLists().first?.records }
        try await deliver(["a", "b"])
        try await deliver(["b", "c"])
        #expect(try await count() == 3)
        try await store.compactDelivered(in: list.id)
        #expect(try await count() == 3)
        // What is delivered after that stands in the journal, beside the file.
        try await deliver(["c", "d"])
        #expect(try await count() == 4)
        try await store.compactDelivered(in: list.id)
        try await deliver(["a"])
        try await store.compactDelivered(in: list.id)
        #expect(try await count() == 4)
        #expect(try await Self.find(["a", "b", "c", "d"], list, store) == ["a", "b", "c", "d"])
        #expect(try await store.removeDeliveryList("nightly") == 4)
    }

    @Test("lose whom somebody erases, under every banner", arguments: [StoreKind.journal, .memory])
    func erased(_ kind: StoreKind) async throws {
        // It closes its journal when nobody holds it any more.
        let notebook = try await Notebook(kind)
        defer { withExtendedLifetime(notebook) {} }
        let store = notebook.store
        let list = try #require(try await store.deliveryList("nightly", for: nil, begunBy: Notebook.owner))
        let gone = [0, 99].map { DeliveryKey(cookie: "gone-12345", bannerID: $0, secret: list.secret) }
        try await store.commit([.deliver(list: list.id, keys: [gone[0], Self.key("kept", list)])])
        try await store.compactDelivered(in: list.id)
        try await store.commit([.deliver(list: list.id, keys: [gone[1], Self.key("kept too", list)])])
        let cookies = ErasedCookies(["gone-12345"])
        #expect(try await store.erase(cookies, isDryRun: true).counts == [.lists: 2])
        #expect(try await store.erase(cookies, isDryRun: false).counts == [.lists: 2])
        #expect(try await store.erase(cookies, isDryRun: false).counts == [:])
        #expect(try await store.delivered(gone.sorted(), in: list.id) == [false, false])
        #expect(try await Self.find(["kept", "kept too"], list, store) == ["kept", "kept too"])
    }
}
