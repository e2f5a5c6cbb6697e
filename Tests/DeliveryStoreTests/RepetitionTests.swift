import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("What is done again after a lost answer is done once")
struct RepetitionTests {
    /// All that a store says of its runs and failures.
    private struct Everything: Equatable {
        var runs: [RunSummary]
        var failures: [FailedRecord]
        var totals: StoreTotals
    }

    private static func everything(_ store: any DurableStore) async throws -> Everything {
        Everything(
            runs: try await store.runs(limit: 100), failures: try await store.failures(FailureQuery(), limit: 100),
            totals: try await store.totals())
    }

    @Test("each commit of a run's life, one after the other", arguments: StoreKind.allCases)
    func commits(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let (store, run) = (notebook.store, notebook.run)
        let until = Date(timeIntervalSince1970: 1_900_000_000)
        let reject = Notebook.failure("r", kind: .rejected)
        let life: [JournalOperation] = [
            .state(run, .running, endedAt: nil),
            .plan(
                run, Notebook.batch(0, name: 1), rejects: [reject], rejectsBytes: 10,
                notices: [Notice(Notice.Code(rawValue: "x"))]),
            .plan(run, Notebook.batch(1), rejects: [], rejectsBytes: 10),
            .plan(run, Notebook.batch(2), rejects: [], rejectsBytes: 10),
            .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true),
            .compact(run, before: 1),
            .withdraw(run, sequence: 1, records: 0..<10, isWhole: true),
            .plan(run, Notebook.batch(1), rejects: [], rejectsBytes: 10),
            .split(run, sequence: 1, records: 0..<10, isWhole: true, at: 5),
            .acknowledge(run, sequence: 1, records: 5..<10, isWhole: false),
            .split(run, sequence: 1, records: 0..<5, isWhole: false, at: 2),
            .sendPart(run, sequence: 1, records: 0..<2),
            .acknowledge(run, sequence: 1, records: 0..<2, isWhole: false),
            .fail(
                run, sequence: 1, records: 2..<5, isWhole: false,
                failures: (2..<5).map { Notebook.failure("p\($0)", line: $0, kind: .permanent) }),
            .fail(
                run, sequence: 2, records: 0..<10, isWhole: true,
                failures: (0..<10).map { Notebook.failure("f\($0)", line: 20 + $0) }),
            .progress(run, RunProgress(requests: 3, retries: 1, statuses: ["200": 3], seconds: 2)),
            .wait(run, until: until), .standingOrder(run, .paused), .standingOrder(run, nil), .wait(run, until: nil),
            .identify(run, ContentIdentity(hash: Array(repeating: 7, count: 16), length: 300)),
            .compact(run, before: 3), .unsentFile(run, "/unsent.csv"), .state(run, .done, endedAt: until),
        ]
        for (index, operation) in life.enumerated() {
            try await store.commit([operation])
            let once = try await Self.everything(store)
            try await store.commit([operation])
            #expect(try await Self.everything(store) == once, "operation \(index)")
        }
        // A whole commit whose answer was lost, and one that overtakes what came after it.
        let once = try await Self.everything(store)
        for operation in life.dropFirst().dropLast() { try await store.commit([operation]) }
        try await store.commit(life)
        #expect(try await Self.everything(store) == once)
        #expect(once.runs[0].counts == RunCounts(rejected: 1, sent: 17, failed: 13, reasons: [.name: 1]))
    }

    @Test("a run, a retry and a resend are created once", arguments: StoreKind.allCases)
    func created(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        try await notebook.fail(["a", "b"])
        let new = Notebook.new()
        let first = try await store.create(new)
        #expect(try await store.create(new) == first)
        #expect(try await store.create(Notebook.new()) != first)

        let resend = Notebook.new(.retry(of: notebook.run))
        let record = try #require(try await store.failures(FailureQuery(), limit: 1).first)
        let fields = RecordFields(name: "Jane Doe", age: "31", cookie: "a", bannerID: "2")
        let sent = try await store.createResend(resend, of: record.id, as: fields)
        #expect(try await store.createResend(resend, of: record.id, as: fields) == sent)

        let retry = Notebook.new(.retry(of: notebook.run))
        let created = try await store.createRetry(retry, of: .matching(FailureQuery()), in: notebook.run)
        let again = try await store.createRetry(retry, of: .matching(FailureQuery()), in: notebook.run)
        #expect(created?.records == 1 && again?.run == created?.run && again?.records == 1)
        #expect(try await store.runs(limit: 10).count == 5)
    }

    @Test("a delivery of a retry, and records taken off the list and brought back", arguments: StoreKind.allCases)
    func recovered(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        try await notebook.fail(["a", "b", "c"])
        let ids = try await store.failures(FailureQuery(), limit: 5).map(\.id)
        #expect(try await store.dismiss([ids[2]], at: Date()) == [ids[2]])
        #expect(try await store.dismiss([ids[2]], at: Date()).isEmpty)
        #expect(try await notebook.summary().undelivered == 2)
        #expect(try await store.undismiss([ids[2]]) == [ids[2]])
        #expect(try await store.undismiss([ids[2]]).isEmpty)
        #expect(try await notebook.summary().undelivered == 3)

        let retry = try #require(
            try await store.createRetry(
                Notebook.new(.retry(of: notebook.run)), of: .records([ids[0], ids[1]]), in: notebook.run))
        var batch = Notebook.batch(0, records: 2)
        (batch.start, batch.end) = (SourcePosition(offset: 0, line: 1), SourcePosition(offset: 2, line: 1))
        try await store.commit([.plan(retry.run, batch, rejects: [], rejectsBytes: 0)])
        for operation: JournalOperation in [
            .split(retry.run, sequence: 0, records: 0..<2, isWhole: true, at: 1),
            .acknowledge(retry.run, sequence: 0, records: 0..<1, isWhole: false),
            .markRecovered(retry.run, sequence: 0, records: 0..<1),
            .fail(retry.run, sequence: 0, records: 1..<2, isWhole: false, failures: [Notebook.failure("b", line: 2)]),
            .compact(retry.run, before: 1), .state(retry.run, .done, endedAt: Date()),
        ] {
            try await store.commit([operation])
            let once = try await Self.everything(store)
            try await store.commit([operation])
            #expect(try await Self.everything(store) == once, "\(operation)")
        }
        #expect(try await notebook.summary().recovered == 1)
        #expect(try await store.failures(FailureQuery(), limit: 5).map(\.tries) == [2, 1])
        // Off the list in both runs that failed with it.
        #expect(try await store.dismiss([ids[1]], at: Date()) == [ids[1]])
        #expect(try await notebook.summary(of: retry.run).undelivered == 0)
        #expect(try await notebook.summary().undelivered == 1)
    }
}
