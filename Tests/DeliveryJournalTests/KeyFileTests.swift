import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import SystemPackage
import Testing

@testable import DeliveryJournal

@Suite("Files of delivered records")
struct KeyFileTests {
    private static func keys(_ count: Int) -> [DeliveryKey] {
        (0..<count).map { _ in DeliveryKey(high: .random(in: 0...(.max)), low: .random(in: 0...(.max))) }
    }

    @Test(
        "are searched without a fault, whatever their size and however many are looked for",
        arguments: [
            1, 4095, 4096, 4097, 30_000,
        ])
    func search(count: Int) async throws {
        let notebook = try await Notebook()
        let path = notebook.directory.path.appending("some.keys")
        let known = Self.keys(count)
        var writer = try KeyFileWriter(path)
        for key in (known + known.prefix(3)).sorted() { try writer.add(key) }
        let written = try writer.finish()
        #expect(written == count)
        for (part, strangers) in [(1, 1), (20, 5), (count, 2000)] {
            let wanted = (known.shuffled().prefix(part) + Self.keys(strangers)).sorted()
            let set = Set(known)
            var file = try KeyFile(path)
            defer { file.close() }
            var found = Array(repeating: false, count: wanted.count)
            try file.find(wanted, into: &found)
            #expect(found == wanted.map(set.contains))
        }
    }

    @Test("are merged, so that there are few, and what no row names is removed")
    func merged() async throws {
        let notebook = try await Notebook()
        defer { withExtendedLifetime(notebook) {} }
        let store = notebook.store
        let list = try #require(try await store.deliveryList("nightly", for: nil, begunBy: Notebook.owner))
        let folder = notebook.directory.path.appending("lists").string
        var all: [DeliveryKey] = []
        for _ in 0..<40 {
            let keys = Self.keys(50)
            all += keys
            try await store.commit([.deliver(list: list.id, keys: keys)])
            try await store.compactDelivered(in: list.id)
        }
        let stray = folder + "/\(list.id)-999.keys"
        _ = FileManager.default.createFile(atPath: stray, contents: Data(repeating: 1, count: 16))
        _ = FileManager.default.createFile(atPath: stray + ".tmp", contents: Data())
        try await store.compactDelivered(in: list.id)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count <= 4 && !names.contains { $0.contains("999") }, "\(names)")
        #expect(try await store.delivered(all.sorted(), in: list.id).allSatisfy { $0 })
        #expect(try await store.deliveryLists().map(\.records) == [2000])
        _ = try await store.removeDeliveryList("nightly")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test("the smallest ones of like size are merged")
    func choice() {
        func chosen(_ sizes: [Int]) -> [Int] {
            KeyPart.worthMerging(sizes.enumerated().map { KeyPart(number: $0, records: $1) }).map(\.records)
        }
        #expect(chosen([]) == [] && chosen([7]) == [] && chosen([10, 100]) == [])
        #expect(chosen([100, 10, 40]) == [10, 40, 100])
        #expect(chosen([1000, 10, 900]) == [900, 1000])
    }
}
