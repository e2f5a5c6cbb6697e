import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import Testing

@Suite("Keys of clients")
struct IdempotencyTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func claim(
        _ notebook: Notebook, _ key: String, at time: Date = now
    ) async throws -> IdempotencyRow? {
        try await notebook.journal.claimIdempotencyKey(
            key, digest: [1, 2, 3], at: time, keptSince: time.addingTimeInterval(-24 * 3600))
    }

    @Test("a key leads to the run or record that was made durable with it, though it was never answered")
    func durableTogether() async throws {
        let notebook = try await Notebook()
        for key in ["file", "record"] { #expect(try await Self.claim(notebook, key) == nil) }
        let run = try await notebook.journal.create(
            Notebook.new(.upload(name: "a.csv")), idempotencyKey: "file")
        let fields = RecordFields(name: "Jane Doe", age: "30", cookie: "c", bannerID: "1")
        try await notebook.journal.commit([
            .store(notebook.run, position: 0, StoredRecord(line: 0, fields: fields), idempotencyKey: "record")
        ])
        for (key, expected) in [("file", run), ("record", notebook.run)] {
            let row = try #require(try await Self.claim(notebook, key))
            #expect(row.run == expected)
            #expect(row.status == nil)
            // Accepted is accepted: such a key is not given up.
            try await notebook.journal.releaseIdempotencyKey(key)
            #expect(try await Self.claim(notebook, key) != nil)
        }
    }

    @Test("a key is forgotten when it is given up, and after a day")
    func forgotten() async throws {
        let notebook = try await Notebook()
        #expect(try await Self.claim(notebook, "key") == nil)
        try await notebook.journal.releaseIdempotencyKey("key")
        #expect(try await Self.claim(notebook, "key") == nil)
        try await notebook.journal.completeIdempotencyKey("key", status: 202, answer: [9], run: nil)
        let later = Self.now.addingTimeInterval(24 * 3600 - 1)
        #expect(try await Self.claim(notebook, "key", at: later)?.answer == [9])
        #expect(try await Self.claim(notebook, "key", at: later.addingTimeInterval(2)) == nil)
    }
}
