import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("Failures are settled by whichever run delivers them")
struct RecoveryTests {
    private static func retry(
        _ notebook: Notebook, of run: RunID, _ selection: FailureSelection = .matching(FailureQuery())
    ) async throws -> (run: RunID, records: Int)? {
        try await notebook.store.createRetry(Notebook.new(.retry(of: run)), of: selection, in: run)
    }

    private static func plan(_ notebook: Notebook, _ run: RunID, records: Int) async throws {
        var batch = Notebook.batch(0, records: records)
        batch.start = SourcePosition(offset: 0, line: 1)
        batch.end = SourcePosition(offset: records, line: 1)
        try await notebook.store.commit([.plan(run, batch, rejects: [], rejectsBytes: 0)])
    }

    @Test("a retry holds the failed records in the order of their lines and claims them", arguments: StoreKind.allCases)
    func claim(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.fail(["a", "b", "c"])
        let retry = try #require(try await Self.retry(notebook, of: notebook.run))
        #expect(retry.records == 3)
        let stored = try await notebook.store.storedRecords(of: retry.run, from: 0, limit: 10)
        #expect(stored.map(\.fields.cookie) == ["a", "b", "c"])
        #expect(stored.map(\.line) == [1, 2, 3])
        #expect(try await Self.retry(notebook, of: notebook.run) == nil, "nothing is left for another")
    }

    @Test("records that a retry leaves undelivered are free again when it is done", arguments: StoreKind.allCases)
    func released(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.fail(["a", "b"])
        let first = try #require(try await Self.retry(notebook, of: notebook.run))
        try await Self.plan(notebook, first.run, records: 2)
        try await notebook.store.commit([
            .acknowledge(first.run, sequence: 0, records: 0..<1, isWhole: true),
            .markRecovered(first.run, sequence: 0, records: 0..<1),
            .fail(first.run, sequence: 0, records: 1..<2, isWhole: true, failures: [Notebook.failure("b", line: 2)]),
        ])
        #expect(try await Self.retry(notebook, of: notebook.run) == nil, "it is still going")
        try await notebook.store.commit([.state(first.run, .done, endedAt: Date())])
        #expect(try await notebook.summary().recovered == 1)
        let second = try #require(try await Self.retry(notebook, of: notebook.run))
        #expect(second.records == 1)
        #expect(
            try await notebook.store.storedRecords(of: second.run, from: 0, limit: 5).map(\.fields.cookie) == ["b"])
    }

    @Test(
        "stored records go when their run is done, however many, and those of other runs stay",
        arguments: StoreKind.allCases)
    func clearing(_ kind: StoreKind) async throws {
        let records = (0..<2500).map {
            StoredRecord(line: $0, fields: RecordFields(name: "A", age: "30", cookie: "c\($0)", bannerID: "1"))
        }
        let notebook = try await Notebook(kind, source: .submissions, records: records)
        let store = notebook.store
        let other = try await store.create(Notebook.new(.submissions), records: Array(records[..<10]))
        try await store.commit([.state(notebook.run, .done, endedAt: Date())])
        #expect(try await store.storedRecordCount(of: notebook.run) == 1500, "a commit removes no more at once")
        try await store.clearDeliveredRecords()
        #expect(try await store.storedRecordCount(of: notebook.run) == 0)
        #expect(try await store.storedRecordCount(of: other) == 10)
    }

    @Test(
        "a record that is added while those before it are removed stays", arguments: StoreKind.allCases)
    func clearingWhileExtended(_ kind: StoreKind) async throws {
        let records = (0..<10_000).map {
            StoredRecord(line: $0, fields: RecordFields(name: "A", age: "30", cookie: "c\($0)", bannerID: "1"))
        }
        let notebook = try await Notebook(kind, source: .submissions, records: records)
        let store = notebook.store
        try await store.commit([.state(notebook.run, .done, endedAt: Date())])
        async let cleared: Void = store.clearDeliveredRecords()
        while try await store.storedRecordCount(of: notebook.run) == 9000 { await Task.yield() }
        let extended = try await store.extend(notebook.run, by: Notebook.owner, for: Notebook.binding)
        #expect(extended?.summary.id == notebook.run)
        let fields = RecordFields(name: "A", age: "30", cookie: "new", bannerID: "1")
        try await store.commit([
            .store(notebook.run, position: 10_000, StoredRecord(line: 10_001, fields: fields), claim: nil)
        ])
        try await cleared
        let kept = try await store.storedRecords(of: notebook.run, from: 10_000, limit: 5)
        #expect(kept.map(\.fields.cookie) == ["new"])
    }

    @Test(
        "a delivery settles every failure of the record, in all runs that failed with it", arguments: StoreKind.allCases
    )
    func acrossRuns(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        try await notebook.fail(["a"])
        var run = notebook.run
        var failedRuns = [run]
        for _ in 0..<3 {
            let retry = try #require(try await Self.retry(notebook, of: run))
            try await Self.plan(notebook, retry.run, records: 1)
            try await store.commit([
                .fail(retry.run, sequence: 0, records: 0..<1, isWhole: true, failures: [Notebook.failure("a")]),
                .state(retry.run, .done, endedAt: Date()),
            ])
            run = retry.run
            failedRuns.append(run)
        }
        #expect(try await store.failureCount(FailureQuery()) == 1)
        for failed in failedRuns { #expect(try await store.failureCount(FailureQuery(run: failed)) == 1) }
        #expect(try await store.failures(FailureQuery(), limit: 5).map(\.tries) == [4])
        #expect(try await notebook.summary().undelivered == 1)
        let last = try #require(try await Self.retry(notebook, of: run))
        try await Self.plan(notebook, last.run, records: 1)
        try await store.commit([
            .acknowledge(last.run, sequence: 0, records: 0..<1, isWhole: true),
            .markRecovered(last.run, sequence: 0, records: 0..<1), .state(last.run, .done, endedAt: Date()),
        ])
        #expect(try await store.failureCount(FailureQuery()) == 0)
        for failed in failedRuns {
            #expect(try await notebook.summary(of: failed).recovered == 1)
            #expect(try await notebook.summary(of: failed).undelivered == 0)
        }
        #expect(try await notebook.summary(of: last.run).recovered == 0)
        #expect(try await notebook.counts().failed == 1, "what happened in the run stays")
    }

    @Test("the unsent records of a day are each there once, until they are delivered", arguments: StoreKind.allCases)
    func unsent(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        try await notebook.fail(["a", "b"])
        let day = LocalDay(Date())
        let retry = try #require(try await Self.retry(notebook, of: notebook.run))
        try await Self.plan(notebook, retry.run, records: 2)
        try await store.commit([
            .acknowledge(retry.run, sequence: 0, records: 0..<1, isWhole: true),
            .markRecovered(retry.run, sequence: 0, records: 0..<1),
            .fail(retry.run, sequence: 0, records: 1..<2, isWhole: true, failures: [Notebook.failure("b", line: 2)]),
        ])
        let left = try await store.unsentRecords(of: day, after: 0, limit: 10)
        #expect(left.map(\.cookie) == ["b"])
        #expect(try await store.unsentRecords(of: day, after: left[0].id, limit: 10).isEmpty)
        #expect(try await store.unsentRecords(of: LocalDay(rawValue: "1999-12-31"), after: 0, limit: 10).isEmpty)
    }

    @Test(
        "a rejected record that failed when it was sent with other fields is dismissed where it failed",
        arguments: StoreKind.allCases)
    func rejectedAndDismissed(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        var reject = Notebook.failure("rejected", line: 2, kind: .rejected)
        reject.reason = .name
        try await store.commit([
            .plan(notebook.run, Notebook.batch(0, records: 1, name: 1), rejects: [reject], rejectsBytes: 80),
            .fail(notebook.run, sequence: 0, records: 0..<1, isWhole: true, failures: [Notebook.failure("failed")]),
            .state(notebook.run, .done, endedAt: Date()),
        ])
        let record = try #require(try await store.failures(FailureQuery(), limit: 5).first { $0.kind == .rejected })
        let fields = RecordFields(name: "Jane Doe", age: "31", cookie: "rejected", bannerID: "2")
        let resend = try await store.createResend(Notebook.new(.retry(of: notebook.run)), of: record.id, as: fields)
        try await Self.plan(notebook, resend, records: 1)
        try await store.commit([
            .fail(resend, sequence: 0, records: 0..<1, isWhole: true, failures: [Notebook.failure("rejected")]),
            .state(resend, .done, endedAt: Date()),
        ])
        #expect(try await store.dismiss([record.id], at: Date()) == [record.id])
        #expect(try await notebook.summary().undelivered == 1, "the other one")
        #expect(try await notebook.summary(of: resend).undelivered == 0)
        #expect(try await store.undismiss([record.id]) == [record.id])
        #expect(try await notebook.summary().undelivered == 1)
        #expect(try await notebook.summary(of: resend).undelivered == 1)
    }

    @Test(
        "a rejected record is not unsent and not retried, but it can be sent with other fields",
        arguments: StoreKind.allCases)
    func rejected(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        var reject = Notebook.failure("a", line: 4, kind: .rejected)
        reject.reason = .name
        try await store.commit([
            .plan(
                notebook.run, Notebook.batch(0, records: 0, name: 1, state: .settled), rejects: [reject],
                rejectsBytes: 80),
            .state(notebook.run, .done, endedAt: Date()),
        ])
        #expect(try await store.unsentRecords(of: LocalDay(Date()), after: 0, limit: 10).isEmpty)
        #expect(try await Self.retry(notebook, of: notebook.run) == nil)
        let record = try #require(try await store.failures(FailureQuery(), limit: 1).first)
        #expect(record.reason == .name && record.line == 4)
        let fields = RecordFields(name: "Jane Doe", age: "31", cookie: "a", bannerID: "2")
        let resend = try await store.createResend(
            Notebook.new(.retry(of: notebook.run)), of: record.id, as: fields)
        #expect(try await store.storedRecords(of: resend, from: 0, limit: 5).map(\.fields) == [fields])
        await #expect(throws: DeliveryError.self, "it is claimed") {
            _ = try await store.createResend(Notebook.new(), of: record.id, as: fields)
        }
        // When it fails again it is unsent like any other, with the fields that were sent.
        try await Self.plan(notebook, resend, records: 1)
        try await store.commit([
            .fail(
                resend, sequence: 0, records: 0..<1, isWhole: true,
                failures: [
                    NewFailure(
                        line: 4, kind: .permanent, status: "400", message: "refused", attempts: 1, fields: fields)
                ]),
            .state(resend, .done, endedAt: Date()),
        ])
        let unsent = try await store.unsentRecords(of: LocalDay(Date()), after: 0, limit: 5)
        #expect(unsent.map(\.name) == ["Jane Doe"] && unsent.map(\.tries) == [1])
        #expect(try await store.newestRunToRetry(for: Notebook.binding) == notebook.run)
        #expect(try await notebook.summary(of: resend).undelivered == 1)
    }

    @Test("facts that are written twice change nothing the second time", arguments: StoreKind.allCases)
    func repeated(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let run = notebook.run
        let operations: [JournalOperation] = [
            .plan(run, Notebook.batch(0), rejects: [Notebook.failure("r", kind: .rejected)], rejectsBytes: 10),
            .plan(run, Notebook.batch(1), rejects: [], rejectsBytes: 0),
            .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true),
            .split(run, sequence: 1, records: 0..<10, isWhole: true, at: 5),
            .acknowledge(run, sequence: 1, records: 5..<10, isWhole: false),
            .fail(
                run, sequence: 1, records: 0..<5, isWhole: false, failures: (0..<5).map { Notebook.failure("f\($0)") }),
            .compact(run, before: 1),
        ]
        try await notebook.store.commit(operations)
        let once = try await notebook.summary()
        for operation in operations { try await notebook.store.commit([operation]) }
        try await notebook.store.commit(operations)
        #expect(try await notebook.summary() == once)
        #expect(once.counts == RunCounts(sent: 15, failed: 5))
        #expect(try await notebook.store.failureCount(FailureQuery()) == 6)
    }

    @Test(
        "records in doubt are counted once, possible duplicates each time, over splits and restarts",
        arguments: StoreKind.allCases)
    func doubt(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let run = notebook.run
        try await notebook.plan(Notebook.batch(0))
        let whole = JournalOperation.mayHaveBeenApplied(run, sequence: 0, records: 0..<10, isWhole: true)
        try await notebook.store.commit([whole, whole])
        try await notebook.store.commit([
            .split(run, sequence: 0, records: 0..<10, isWhole: true, at: 5),
            .mayHaveBeenApplied(run, sequence: 0, records: 0..<5, isWhole: false),
        ])
        let resumed = try #require(try await notebook.reopen())
        #expect(resumed.summary.possibleDuplicates == 10 + 10 + 5 + 10)
        #expect(resumed.summary.recordsInDoubt == 10)
        #expect(resumed.openBatches.flatMap(\.parts).map(\.isInDoubt) == [true, true])
    }

    @Test("a run goes to the API that it was started for, and to no other", arguments: StoreKind.allCases)
    func binding(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.fail(["a"])
        let other = RunBinding(api: "https://other.test", profile: "test")
        var retry = Notebook.new(.retry(of: notebook.run))
        retry.binding = other
        let new = retry
        await #expect {
            _ = try await notebook.store.createRetry(new, of: .matching(FailureQuery()), in: notebook.run)
        } throws: { error in
            "\(error)".contains("https://api.test") && "\(error)".contains("https://other.test (profile test)")
        }
        let open = try await notebook.store.create(Notebook.new())
        await #expect { _ = try await notebook.store.reopen(open, by: Notebook.owner, for: other) } throws: { error in
            (error as? DeliveryError)?.code == .conflict
        }
        #expect(try await notebook.store.newestRunToRetry(for: other) == nil)
    }

    @Test("a discarded run is never open again, though its state says stopped", arguments: StoreKind.allCases)
    func discarded(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.plan(Notebook.batch(0))
        try await notebook.store.commit([
            .standingOrder(notebook.run, .discarded),
            .state(notebook.run, .stopped(reason: "discarded"), endedAt: Date()),
        ])
        #expect(try await notebook.store.openRuns().isEmpty)
        #expect(try await notebook.summary().isResumable == false)
        await #expect(throws: DeliveryError.self) { _ = try await notebook.reopen() }
    }
}
