import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("Keys of clients")
struct IdempotencyTests {
    private static let fields = RecordFields(name: "Jane Doe", age: "30", cookie: "c", bannerID: "1")
    private static func row(_ positions: Range<Int>) -> BatchRow {
        BatchRow(
            sequence: 0, state: .sending, start: SourcePosition(offset: positions.lowerBound, line: 1),
            end: SourcePosition(offset: positions.upperBound, line: 1), checksum: 1, records: positions.count,
            tally: RecordTally())
    }

    private static func claim(_ key: String) -> KeyClaim { KeyClaim(key: key, digest: [1, 2, 3]) }
    private static let dayAgo = Date().addingTimeInterval(-24 * 3600)
    /// Keys of now are older than that.
    private static let later = Date().addingTimeInterval(3600)

    private static func find(
        _ notebook: Notebook, _ key: String, since oldest: Date = dayAgo
    ) async throws -> IdempotencyRow? {
        try await notebook.store.idempotencyKey(key, keptSince: oldest)
    }

    @Test(
        "a key leads to the run or record that was made durable with it, though it was never answered",
        arguments: StoreKind.allCases)
    func durableTogether(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        #expect(try await Self.find(notebook, "file") == nil)
        let run = try await notebook.store.create(Notebook.new(.upload(name: "a.csv")), claim: Self.claim("file"))
        try await notebook.store.commit([
            .store(
                notebook.run, position: 0, StoredRecord(line: 1, fields: Self.fields), claim: Self.claim("record"))
        ])
        let file = try #require(try await Self.find(notebook, "file"))
        #expect(file == IdempotencyRow(digest: [1, 2, 3], run: run))
        let record = try #require(try await Self.find(notebook, "record"))
        #expect(record == IdempotencyRow(digest: [1, 2, 3], run: notebook.run, outcome: .pending))
    }

    @Test(
        "how a record of a key stands is told from its batch, split or not, before and after it is folded",
        arguments: StoreKind.allCases)
    func outcomes(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let (store, run) = (notebook.store, notebook.run)
        try await store.commit(
            (0..<4).map {
                .store(run, position: $0, StoredRecord(line: $0 + 1, fields: Self.fields), claim: Self.claim("\($0)"))
            })
        func outcomes() async throws -> [SubmissionOutcome?] {
            var all: [SubmissionOutcome?] = []
            for key in 0..<4 { all.append(try await Self.find(notebook, "\(key)")?.outcome) }
            return all
        }
        try await store.commit([.plan(run, Self.row(0..<3), rejects: [], rejectsBytes: 0)])
        #expect(try await outcomes() == [.pending, .pending, .pending, .pending])
        try await store.commit([
            .split(run, sequence: 0, records: 0..<3, isWhole: true, at: 1),
            .acknowledge(run, sequence: 0, records: 0..<1, isWhole: false),
        ])
        #expect(try await outcomes() == [.sent, .pending, .pending, .pending])
        try await store.commit([
            .split(run, sequence: 0, records: 1..<3, isWhole: false, at: 2),
            .acknowledge(run, sequence: 0, records: 2..<3, isWhole: false),
            .fail(
                run, sequence: 0, records: 1..<2, isWhole: false,
                failures: [
                    NewFailure(line: 2, kind: .permanent, status: "400", message: "no such banner", fields: Self.fields)
                ]),
        ])
        let expected: [SubmissionOutcome?] = [.sent, .failed("no such banner"), .sent, .pending]
        #expect(try await outcomes() == expected)
        try await store.commit([.compact(run, before: 1)])
        #expect(try await outcomes() == expected)
    }

    @Test("a key is kept while its run is open, and for a day after its final answer", arguments: StoreKind.allCases)
    func forgotten(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        try await store.commit([
            .answer(Self.claim("rejected"), status: 202, [9], run: nil),
            .store(notebook.run, position: 0, StoredRecord(line: 1, fields: Self.fields), claim: Self.claim("record")),
        ])
        #expect(try await Self.find(notebook, "rejected")?.answer == [9])
        #expect(try await Self.find(notebook, "rejected", since: Self.later) == nil)
        #expect(try await Self.find(notebook, "record", since: Self.later) != nil)
        while try await store.forgetSomeKeys(answeredBefore: Self.later) {}
        #expect(try await Self.find(notebook, "rejected") == nil)
        #expect(try await Self.find(notebook, "record") != nil)
        try await store.commit([.state(notebook.run, .done, endedAt: Date())])
        #expect(try await Self.find(notebook, "record") != nil)
        #expect(try await Self.find(notebook, "record", since: Self.later) == nil)
        while try await store.forgetSomeKeys(answeredBefore: Self.later) {}
        #expect(try await Self.find(notebook, "record") == nil)
    }
}
