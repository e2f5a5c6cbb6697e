import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("The history of runs, and where their sources lie")
struct HistoryTests {
    @Test("pages of runs follow each other while new runs begin", arguments: StoreKind.allCases)
    func pages(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        for _ in 0..<6 { _ = try await notebook.store.create(Notebook.new()) }
        var seen: [Int64] = []
        var before: RunID?
        while case let page = try await notebook.store.runs(limit: 3, before: before), let last = page.last {
            seen += page.map(\.id.rawValue)
            before = last.id
            _ = try await notebook.store.create(Notebook.new())
        }
        #expect(seen == [7, 6, 5, 4, 3, 2, 1])
    }

    @Test(
        "a run of a source that can't be read is never open, its rest is named, and its file is kept",
        arguments: StoreKind.allCases)
    func refused(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        var new = Notebook.new(.upload(name: "a.csv"))
        new.location = .spool(name: "upload-1")
        try notebook.directory.create()
        try Data().write(to: URL(filePath: "\(notebook.directory.spool)/upload-1"))
        let run = try await store.create(new)
        #expect(try await store.spooledFiles() == ["upload-1"])
        try await store.commit([
            .plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true), .compact(run, before: 1),
            .state(run, .refused(reason: "line 11: another header"), endedAt: Date()),
        ])
        let summary = try await notebook.summary(of: run)
        #expect(summary.state.word == "failed" && !summary.isResumable && summary.unreadBytes == 900)
        #expect(try await store.openRuns().map(\.id) == [notebook.run])
        #expect(try await store.spooledFiles() == ["upload-1"])
        await #expect(throws: DeliveryError.self) { _ = try await notebook.reopen(run) }
    }

    @Test("what an API asked one open run to wait for is known of the API", arguments: StoreKind.allCases)
    func pause(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        let api = try #require(Notebook.binding.api)
        #expect(try await store.requestedPause(of: api) == nil)
        var elsewhere = Notebook.new()
        elsewhere.binding = RunBinding(api: "https://other.test")
        let other = try await store.create(elsewhere)
        let ended = try await store.create(Notebook.new())
        let date = Date(timeIntervalSince1970: 2_000_000_000)
        try await store.commit([
            .wait(notebook.run, until: date), .wait(other, until: date + 60), .wait(ended, until: date + 120),
            .state(ended, .done, endedAt: date),
        ])
        #expect(try await store.requestedPause(of: api) == date)
        #expect(try await store.requestedPause(of: "https://other.test") == date + 60)
        try await store.commit([.wait(notebook.run, until: nil)])
        #expect(try await store.requestedPause(of: api) == nil)
    }

    @Test("a run begins with the whole of its source unread", arguments: StoreKind.allCases)
    func unread(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let new = Notebook.new(.upload(name: "a.csv"))
        let run = try await notebook.store.create(new)
        #expect(new.summary(run).unreadBytes == 1000)
        #expect(try await notebook.summary(of: run).unreadBytes == 1000)
    }

    @Test(
        "how much is unread of a source that has to be decoded isn't known in its middle", arguments: StoreKind.allCases
    )
    func unreadText(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        for decoding in [SourceDecoding(isCompressed: true), SourceDecoding(encoding: "UTF-16LE")] {
            var new = Notebook.new(.upload(name: "a.csv"))
            new.dialect = CSVDialect(decoding: decoding)
            let run = try await notebook.store.create(new)
            #expect(try await notebook.summary(of: run).unreadBytes == 1000)
            try await notebook.store.commit([.plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
            #expect(try await notebook.summary(of: run).unreadBytes == nil)
            try await notebook.store.commit([.state(run, .done, endedAt: Date())])
            #expect(try await notebook.summary(of: run).unreadBytes == 0)
        }
    }

    @Test("content that was sent is found again, for its API only", arguments: StoreKind.allCases)
    func content(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let content = ContentIdentity(hash: Array(1...16), length: 100)
        var other = Notebook.new()
        other.binding = RunBinding(api: "sandbox")
        let sandboxed = try await notebook.store.create(other)
        let second = try await notebook.store.create(Notebook.new())
        for run in [notebook.run, sandboxed, second] { try await notebook.store.commit([.identify(run, content)]) }
        let found = try await notebook.store.deliveries(of: content, for: Notebook.binding)
        #expect(found.map(\.run) == [second, notebook.run])
        #expect(try await notebook.store.deliveries(of: content, for: RunBinding(api: "sandbox")).isEmpty)
        #expect(try await notebook.summary(of: second).notices.isEmpty, "the first run has sent nothing yet")
        try await notebook.plan(Notebook.batch(0))
        #expect(try await notebook.summary(of: second).notices.map(\.code) == [.sentBefore])
        #expect(try await notebook.summary().notices.isEmpty)
    }

    @Test(
        "content whose records all failed was not sent, and what may have been sent was", arguments: StoreKind.allCases)
    func contentOfFailures(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let content = ContentIdentity(hash: Array(1...16), length: 100)
        try await notebook.fail(["a", "b"])
        let second = try await notebook.store.create(Notebook.new())
        for run in [notebook.run, second] { try await notebook.store.commit([.identify(run, content)]) }
        #expect(try await notebook.summary(of: second).notices.isEmpty)
        let third = try await notebook.store.create(Notebook.new())
        try await notebook.store.commit([
            .plan(second, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .mayHaveBeenApplied(second, sequence: 0, records: 0..<10, isWhole: true),
            .identify(third, content),
        ])
        #expect(try await notebook.summary(of: third).notices == [Notice(.sentBefore, example: "run \(second)")])
    }

    @Test("sums over all runs are those of the runs", arguments: StoreKind.allCases)
    func totals(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.fail(["a", "b"])
        let other = try await notebook.store.create(Notebook.new())
        try await notebook.store.commit([
            .plan(other, Notebook.batch(0, name: 2, filtered: 1), rejects: [], rejectsBytes: 0),
            .mayHaveBeenApplied(other, sequence: 0, records: 0..<10, isWhole: true),
            .progress(other, RunProgress(requests: 2, retries: 1, statuses: ["500": 1, "200": 1], seconds: 1)),
            .state(other, .running, endedAt: nil),
        ])
        let totals = try await notebook.store.totals()
        #expect(
            totals.counts
                == RunCounts(rejected: 2, filtered: 1, failed: 2, pending: 10, reasons: [.name: 2, .ageFilter: 1]))
        #expect(totals.possibleDuplicates == 10 && totals.recordsInDoubt == 10)
        #expect(totals.requests == 2 && totals.statuses == ["500": 1, "200": 1])
        #expect(totals.runs == ["done": 1, "running": 1])
    }

    @Test("a run that is continued knows which of its records are counted as in doubt", arguments: StoreKind.allCases)
    func inDoubt(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.plan(Notebook.batch(0))
        try await notebook.plan(Notebook.batch(1, state: .planned))
        let resumed = try #require(try await notebook.reopen())
        #expect(resumed.openBatches.map(\.isInDoubt) == [true, false])
        #expect(resumed.openBatches.map(\.state) == [.planned, .planned])
    }
}
