import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import Testing

@Suite("Failures are settled by whichever run delivers them")
struct RecoveryTests {
    private static func retry(
        _ notebook: Notebook, of run: RunID, _ selection: FailureSelection = .matching(FailureQuery())
    ) async throws -> (run: RunID, records: Int)? {
        try await notebook.journal.createRetry(Notebook.new(.retry(of: run)), of: selection, in: run)
    }

    private static func plan(_ notebook: Notebook, _ run: RunID, records: Int) async throws {
        var batch = Notebook.batch(0, records: records)
        batch.start = SourcePosition(offset: 0, line: 1)
        batch.end = SourcePosition(offset: records, line: 1)
        try await notebook.journal.commit([.plan(run, batch, rejects: [], rejectsBytes: 0)])
    }

    @Test("a retry holds the failed records in the order of their lines and claims them")
    func claim() async throws {
        let notebook = try await Notebook()
        try await notebook.fail(["a", "b", "c"])
        let retry = try #require(try await Self.retry(notebook, of: notebook.run))
        #expect(retry.records == 3)
        let stored = try await notebook.journal.storedRecords(of: retry.run, from: 0, limit: 10)
        #expect(stored.map(\.fields.cookie) == ["a", "b", "c"])
        #expect(stored.map(\.line) == [1, 2, 3])
        #expect(try await Self.retry(notebook, of: notebook.run) == nil, "nothing is left for another")
    }

    @Test("records that a retry leaves undelivered are free again when it is done")
    func released() async throws {
        let notebook = try await Notebook()
        try await notebook.fail(["a", "b"])
        let first = try #require(try await Self.retry(notebook, of: notebook.run))
        try await Self.plan(notebook, first.run, records: 2)
        try await notebook.journal.commit([
            .acknowledge(first.run, sequence: 0, records: 0..<1, isWhole: true),
            .recover(first.run, sequence: 0, records: 0..<1),
            .fail(first.run, sequence: 0, records: 1..<2, isWhole: true, failures: [Notebook.failure("b", line: 2)]),
        ])
        #expect(try await Self.retry(notebook, of: notebook.run) == nil, "it is still going")
        try await notebook.journal.commit([.state(first.run, .done, endedAt: Date())])
        #expect(try await notebook.summary().recovered == 1)
        let second = try #require(try await Self.retry(notebook, of: notebook.run))
        #expect(second.records == 1)
        #expect(
            try await notebook.journal.storedRecords(of: second.run, from: 0, limit: 5).map(\.fields.cookie) == ["b"])
    }

    @Test("stored records go when their run is done, however many, and those of other runs stay")
    func clearing() async throws {
        let records = (0..<2500).map {
            StoredRecord(line: $0, fields: RecordFields(name: "A", age: "30", cookie: "c\($0)", bannerID: "1"))
        }
        let notebook = try await Notebook(source: .submissions, records: records)
        let journal = notebook.journal
        let other = try await journal.create(Notebook.new(.submissions), records: Array(records[..<10]))
        try await journal.commit([.state(notebook.run, .done, endedAt: Date())])
        #expect(try await journal.storedRecordCount(of: notebook.run) == 1500, "a commit removes no more at once")
        try await journal.clearDeliveredRecords()
        #expect(try await journal.storedRecordCount(of: notebook.run) == 0)
        #expect(try await journal.storedRecordCount(of: other) == 10)
    }

    @Test("a delivery settles every failure of the record, in all runs that failed with it")
    func acrossRuns() async throws {
        let notebook = try await Notebook()
        let journal = notebook.journal
        try await notebook.fail(["a"])
        var run = notebook.run
        var failedRuns = [run]
        for _ in 0..<3 {
            let retry = try #require(try await Self.retry(notebook, of: run))
            try await Self.plan(notebook, retry.run, records: 1)
            try await journal.commit([
                .fail(retry.run, sequence: 0, records: 0..<1, isWhole: true, failures: [Notebook.failure("a")]),
                .state(retry.run, .done, endedAt: Date()),
            ])
            run = retry.run
            failedRuns.append(run)
        }
        #expect(try await journal.failureCount(FailureQuery()) == 1)
        for failed in failedRuns { #expect(try await journal.failureCount(FailureQuery(run: failed)) == 1) }
        #expect(try await journal.failures(FailureQuery(), limit: 5).map(\.tries) == [4])
        #expect(try await notebook.summary().undelivered == 1)
        let last = try #require(try await Self.retry(notebook, of: run))
        try await Self.plan(notebook, last.run, records: 1)
        try await journal.commit([
            .acknowledge(last.run, sequence: 0, records: 0..<1, isWhole: true),
            .recover(last.run, sequence: 0, records: 0..<1), .state(last.run, .done, endedAt: Date()),
        ])
        #expect(try await journal.failureCount(FailureQuery()) == 0)
        for failed in failedRuns {
            #expect(try await notebook.summary(of: failed).recovered == 1)
            #expect(try await notebook.summary(of: failed).undelivered == 0)
        }
        #expect(try await notebook.summary(of: last.run).recovered == 0)
        #expect(try await notebook.counts().failed == 1, "what happened in the run stays")
    }

    @Test("the unsent records of a day are each there once, until they are delivered")
    func unsent() async throws {
        let notebook = try await Notebook()
        let journal = notebook.journal
        try await notebook.fail(["a", "b"])
        let day = LocalDay(Date())
        let retry = try #require(try await Self.retry(notebook, of: notebook.run))
        try await Self.plan(notebook, retry.run, records: 2)
        try await journal.commit([
            .acknowledge(retry.run, sequence: 0, records: 0..<1, isWhole: true),
            .recover(retry.run, sequence: 0, records: 0..<1),
            .fail(retry.run, sequence: 0, records: 1..<2, isWhole: true, failures: [Notebook.failure("b", line: 2)]),
        ])
        let left = try await journal.unsentRecords(of: day, after: 0, limit: 10)
        #expect(left.map(\.cookie) == ["b"])
        #expect(try await journal.unsentRecords(of: day, after: left[0].id, limit: 10).isEmpty)
        #expect(try await journal.unsentRecords(of: LocalDay(rawValue: "1999-12-31"), after: 0, limit: 10).isEmpty)
    }

    @Test("a rejected record is not unsent and not retried, but it can be sent with other fields")
    func rejected() async throws {
        let notebook = try await Notebook()
        let journal = notebook.journal
        var reject = Notebook.failure("a", line: 4, kind: .rejected)
        reject.reason = .name
        try await journal.commit([
            .plan(
                notebook.run, Notebook.batch(0, records: 0, name: 1, state: .settled), rejects: [reject],
                rejectsBytes: 80),
            .state(notebook.run, .done, endedAt: Date()),
        ])
        #expect(try await journal.unsentRecords(of: LocalDay(Date()), after: 0, limit: 10).isEmpty)
        #expect(try await Self.retry(notebook, of: notebook.run) == nil)
        let record = try #require(try await journal.failures(FailureQuery(), limit: 1).first)
        #expect(record.reason == .name && record.line == 4)
        let fields = RecordFields(name: "Jane Doe", age: "31", cookie: "a", bannerID: "2")
        let resend = try await journal.createResend(
            Notebook.new(.retry(of: notebook.run)), of: record.id, as: fields)
        #expect(try await journal.storedRecords(of: resend, from: 0, limit: 5).map(\.fields) == [fields])
        await #expect(throws: DeliveryError.self, "it is claimed") {
            _ = try await journal.createResend(Notebook.new(), of: record.id, as: fields)
        }
        // When it fails again it is unsent like any other, with the fields that were sent.
        try await Self.plan(notebook, resend, records: 1)
        try await journal.commit([
            .fail(
                resend, sequence: 0, records: 0..<1, isWhole: true,
                failures: [
                    NewFailure(
                        line: 4, kind: .permanent, status: "400", message: "refused", attempts: 1, fields: fields)
                ]),
            .state(resend, .done, endedAt: Date()),
        ])
        let unsent = try await journal.unsentRecords(of: LocalDay(Date()), after: 0, limit: 5)
        #expect(unsent.map(\.name) == ["Jane Doe"] && unsent.map(\.tries) == [1])
        #expect(try await journal.newestRunToRetry(for: Notebook.binding) == notebook.run)
        #expect(try await notebook.summary(of: resend).undelivered == 1)
    }

    @Test("facts that are written twice change nothing the second time")
    func repeated() async throws {
        let notebook = try await Notebook()
        let run = notebook.run
        let operations: [JournalOperation] = [
            .plan(run, Notebook.batch(0), rejects: [Notebook.failure("r", kind: .rejected)], rejectsBytes: 10),
            .plan(run, Notebook.batch(1), rejects: [], rejectsBytes: 0),
            .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true),
            .split(run, sequence: 1, records: 0..<10, isWhole: true, at: 5),
            .acknowledge(run, sequence: 1, records: 5..<10, isWhole: false),
            .fail(
                run, sequence: 1, records: 0..<5, isWhole: false, failures: (0..<5).map { Notebook.failure("f\($0)") }),
            .fold(run, before: 1),
        ]
        try await notebook.journal.commit(operations)
        let once = try await notebook.summary()
        for operation in operations { try await notebook.journal.commit([operation]) }
        try await notebook.journal.commit(operations)
        #expect(try await notebook.summary() == once)
        #expect(once.counts == RunCounts(sent: 15, failed: 5))
        #expect(try await notebook.journal.failureCount(FailureQuery()) == 6)
    }

    @Test("records in doubt are counted once, possible duplicates each time, over splits and restarts")
    func doubt() async throws {
        let notebook = try await Notebook()
        let run = notebook.run
        try await notebook.plan(Notebook.batch(0))
        let whole = JournalOperation.mayHaveBeenApplied(run, sequence: 0, records: 0..<10, isWhole: true)
        try await notebook.journal.commit([whole, whole])
        try await notebook.journal.commit([
            .split(run, sequence: 0, records: 0..<10, isWhole: true, at: 5),
            .mayHaveBeenApplied(run, sequence: 0, records: 0..<5, isWhole: false),
        ])
        let resumed = try #require(try await notebook.reopen())
        #expect(resumed.summary.possibleDuplicates == 10 + 10 + 5 + 10)
        #expect(resumed.summary.recordsInDoubt == 10)
        #expect(resumed.openBatches.flatMap(\.parts).map(\.isInDoubt) == [true, true])
    }

    @Test("a run goes to the API that it was started for, and to no other")
    func binding() async throws {
        let notebook = try await Notebook()
        try await notebook.fail(["a"])
        let other = RunBinding(api: "https://other.test", profile: "test")
        var retry = Notebook.new(.retry(of: notebook.run))
        retry.binding = other
        let new = retry
        await #expect {
            _ = try await notebook.journal.createRetry(new, of: .matching(FailureQuery()), in: notebook.run)
        } throws: { error in
            "\(error)".contains("https://api.test") && "\(error)".contains("https://other.test (profile test)")
        }
        let open = try await notebook.journal.create(Notebook.new())
        await #expect { _ = try await notebook.journal.reopen(open, by: Notebook.owner, for: other) } throws: { error in
            (error as? DeliveryError)?.code == .conflict
        }
        #expect(try await notebook.journal.newestRunToRetry(for: other) == nil)
    }

    @Test("a discarded run is never open again, though its state says stopped")
    func discarded() async throws {
        let notebook = try await Notebook()
        try await notebook.plan(Notebook.batch(0))
        try await notebook.journal.commit([
            .hold(notebook.run, .discarded), .state(notebook.run, .stopped(reason: "discarded"), endedAt: Date()),
        ])
        #expect(try await notebook.journal.openRuns().isEmpty)
        #expect(try await notebook.summary().isResumable == false)
        await #expect(throws: DeliveryError.self) { _ = try await notebook.reopen() }
    }
}
