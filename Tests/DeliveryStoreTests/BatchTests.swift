import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("The journal's sums are those of its batches")
struct BatchTests {
    @Test("a planned batch is pending, with what was rejected and filtered beside it", arguments: StoreKind.allCases)
    func planned(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.plan(Notebook.batch(0, records: 10, name: 2, filtered: 3))
        let counts = try await notebook.counts()
        #expect(counts == RunCounts(rejected: 2, filtered: 3, pending: 10, reasons: [.name: 2, .ageFilter: 3]))
    }

    @Test("acknowledged and failed records leave what is pending", arguments: StoreKind.allCases)
    func settled(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let run = notebook.run
        for sequence in 0..<3 { try await notebook.plan(Notebook.batch(sequence)) }
        try await notebook.store.commit([
            .acknowledge(run, sequence: 1, records: 0..<10, isWhole: true),
            .fail(
                run, sequence: 2, records: 0..<10, isWhole: true,
                failures: (0..<10).map { Notebook.failure(String($0)) }),
        ])
        #expect(try await notebook.counts() == RunCounts(sent: 10, failed: 10, pending: 10))
        #expect(try await notebook.store.failureCount(FailureQuery(run: run)) == 10)
    }

    @Test(
        "folding batches into the run changes no sum, and resuming continues behind them", arguments: StoreKind.allCases
    )
    func fold(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let run = notebook.run
        for sequence in 0..<4 { try await notebook.plan(Notebook.batch(sequence, name: 1, filtered: 2)) }
        try await notebook.store.commit(
            (0..<3).map { .acknowledge(run, sequence: $0, records: 0..<10, isWhole: true) })
        let before = try await notebook.counts()
        try await notebook.store.commit([.compact(run, before: 2)])
        #expect(try await notebook.counts() == before)
        try await notebook.store.commit([.compact(run, before: 3)])
        #expect(try await notebook.counts() == before)
        let resumable = try #require(try await notebook.reopen())
        #expect(resumable.openBatches.map(\.sequence) == [3])
        #expect(resumable.nextSequence == 4)
        #expect(resumable.readPosition == SourcePosition(offset: 400, line: 41))
    }

    @Test("when every batch is folded, reading continues where the last one ended", arguments: StoreKind.allCases)
    func foldedAll(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.plan(Notebook.batch(0))
        try await notebook.store.commit([
            .acknowledge(notebook.run, sequence: 0, records: 0..<10, isWhole: true), .compact(notebook.run, before: 1),
        ])
        let resumable = try #require(try await notebook.reopen())
        #expect(resumable.openBatches.isEmpty)
        #expect(resumable.nextSequence == 1)
        #expect(resumable.readPosition == SourcePosition(offset: 100, line: 11))
    }

    @Test("a split batch is settled when its parts are", arguments: StoreKind.allCases)
    func split(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let run = notebook.run
        let store = notebook.store
        try await notebook.plan(Notebook.batch(0))
        try await store.commit([.split(run, sequence: 0, records: 0..<10, isWhole: true, at: 5)])
        try await store.commit([
            .acknowledge(run, sequence: 0, records: 5..<10, isWhole: false),
            .split(run, sequence: 0, records: 0..<5, isWhole: false, at: 2),
        ])
        #expect(try await notebook.counts() == RunCounts(sent: 5, pending: 5))
        let open = try #require(try await notebook.reopen()).openBatches
        #expect(open.map(\.sequence) == [0])
        #expect(open.flatMap(\.parts).map(\.records) == [0..<2, 2..<5])
        try await store.commit([
            .acknowledge(run, sequence: 0, records: 0..<2, isWhole: false),
            .fail(
                run, sequence: 0, records: 2..<5, isWhole: false,
                failures: (0..<3).map { Notebook.failure(String($0), kind: .permanent) }),
        ])
        #expect(try await notebook.counts() == RunCounts(sent: 7, failed: 3))
        #expect(try await notebook.reopen()?.openBatches.isEmpty == true)
    }

    @Test(
        "what was under way when the process died is counted as possible duplicates, once",
        arguments: StoreKind.allCases)
    func inDoubt(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let run = notebook.run
        let store = notebook.store
        for sequence in 0..<4 { try await notebook.plan(Notebook.batch(sequence)) }
        try await store.commit([
            .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true),
            .withdraw(run, sequence: 1, records: 0..<10, isWhole: true),
            .split(run, sequence: 2, records: 0..<10, isWhole: true, at: 5),
            .acknowledge(run, sequence: 2, records: 0..<5, isWhole: false),
        ])
        let resumable = try #require(try await notebook.reopen())
        #expect(resumable.recordsInFlight == 5 + 10)
        #expect(resumable.summary.possibleDuplicates == 15)
        #expect(resumable.openBatches.map(\.sequence) == [1, 2, 3])
        // Nothing of it was sent since.
        let again = try #require(try await notebook.reopen())
        #expect(again.recordsInFlight == 0)
        #expect(again.summary.possibleDuplicates == 15)
        // One part is sent again, and the process dies again.
        try await store.commit([.sendPart(run, sequence: 2, records: 5..<10)])
        #expect(try await notebook.reopen()?.summary.possibleDuplicates == 20)
    }

    @Test("facts that are handed over together are durable together", arguments: StoreKind.allCases)
    func atomic(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.plan(Notebook.batch(0))
        // A run that does not exist can't have a failure.
        let impossible = JournalOperation.fail(
            RunID(rawValue: 99), sequence: 0, records: 0..<1, isWhole: true, failures: [Notebook.failure("x")])
        await #expect(throws: DeliveryError.self) {
            try await notebook.store.commit([
                .acknowledge(notebook.run, sequence: 0, records: 0..<10, isWhole: true), impossible,
            ])
        }
        #expect(try await notebook.counts() == RunCounts(pending: 10))
    }

    @Test("a run keeps its rules, its dialect and its figures over a restart", arguments: StoreKind.allCases)
    func reopened(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.store.commit([
            .progress(
                notebook.run, RunProgress(requests: 7, retries: 2, statuses: ["200": 5, "500": 2], seconds: 1.5)),
            .state(notebook.run, .stopped(reason: "by hand"), endedAt: Date()),
        ])
        let resumable = try #require(try await notebook.reopen())
        #expect(resumable.options.filter == AgeFilter(minimum: 20, maximum: 60))
        #expect(resumable.options.batchSize == 10)
        #expect(resumable.summary.requests == 7 && resumable.summary.retries == 2)
        #expect(resumable.summary.statuses == ["200": 5, "500": 2])
        #expect(resumable.summary.state == .stopped(reason: "by hand"))
        #expect(try await notebook.store.openRuns().map(\.id) == [notebook.run])
    }
}
