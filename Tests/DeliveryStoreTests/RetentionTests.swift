import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("What is past its time is forgotten, in steps")
struct RetentionTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let day = 86_400.0

    private static func rule(_ keep: Double = 90, failed: Double? = nil) throws -> RetentionRule {
        try #require(
            RetentionPolicy(runs: .seconds(keep * day), failed: failed.map { .seconds($0 * day) }).rule(at: now))
    }

    /// A run that ended so many days ago.
    private static func run(
        _ notebook: Notebook, daysAgo: Double, state: RunState = .done, failing cookies: [String] = []
    ) async throws -> RunID {
        let ended = now.addingTimeInterval(-daysAgo * day)
        let run = try await notebook.store.create(Notebook.new(startedAt: ended.addingTimeInterval(-60)))
        let count = max(1, cookies.count)
        try await notebook.store.commit([
            .plan(run, Notebook.batch(0, records: count, name: 1), rejects: [], rejectsBytes: 0),
            cookies.isEmpty
                ? .acknowledge(run, sequence: 0, records: 0..<1, isWhole: true)
                : .fail(
                    run, sequence: 0, records: 0..<count, isWhole: true, failures: cookies.map { Notebook.failure($0) }),
            .progress(run, RunProgress(requests: 1, statuses: ["200": 1])), .compact(run, before: 1),
            .state(run, state, endedAt: ended),
        ])
        return run
    }

    private static func forget(_ notebook: Notebook, _ rule: RetentionRule) async throws {
        while case let runs = try await notebook.store.forgettableRuns(rule, limit: 2), !runs.isEmpty {
            for run in runs {
                while try await notebook.store.forgetSomeRecords(of: run.id, rule) {}
                #expect(try await notebook.store.forgetRun(run.id, rule))
                #expect(try await notebook.store.forgetRun(run.id, rule) == false)
            }
        }
    }

    @Test("a run stays for as long as repeated requests are answered from it", arguments: StoreKind.allCases)
    func keyed(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let plain = try await Self.run(notebook, daysAgo: 0.5)
        var keyed: [RunID] = []
        for daysAgo in [0.5, 1.5] {
            let run = try await Self.run(notebook, daysAgo: daysAgo)
            try await notebook.store.commit([
                .answer(KeyClaim(key: "upload-\(daysAgo)", digest: [1]), status: 202, [], run: run)
            ])
            keyed.append(run)
        }
        let past = try await notebook.store.forgettableRuns(Self.rule(0.25), limit: 5).map(\.id)
        #expect(Set(past) == [plain, keyed[1]])
        try await Self.forget(notebook, Self.rule(0.25))
        #expect(try await notebook.store.run(keyed[0]) != nil)
        #expect(try await notebook.store.run(keyed[1]) == nil)
    }

    @Test(
        "runs go that ended long enough ago; sums over all runs and what was sent before stay",
        arguments: StoreKind.allCases)
    func old(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let content = ContentIdentity(hash: Array(1...16), length: 100)
        var gone: [RunID] = []
        for _ in 0..<3 { gone.append(try await Self.run(notebook, daysAgo: 91)) }
        gone.append(try await Self.run(notebook, daysAgo: 91, state: .refused(reason: "no header")))
        let young = try await Self.run(notebook, daysAgo: 89)
        let stopped = try await Self.run(notebook, daysAgo: 400, state: .stopped(reason: "by hand"))
        try await notebook.store.commit([.identify(gone[0], content)])
        var before = try await notebook.store.totals()
        try await Self.forget(notebook, Self.rule())
        #expect(try await notebook.store.runs(limit: 10).map(\.id) == [stopped, young, notebook.run])
        before.runs["done"] = before.runs["done"].map { $0 - 3 }
        before.runs["failed"] = nil
        let after = try await notebook.store.totals()
        #expect(after == before)
        #expect(try await notebook.store.deliveries(of: content, for: Notebook.binding).map(\.run) == [gone[0]])
        #expect(try await notebook.store.create(Notebook.new()).rawValue == 8, "no number is used again")
    }

    @Test(
        "a run with undelivered records stays until they are delivered, dismissed or past their own time",
        arguments: StoreKind.allCases)
    func undelivered(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        let run = try await Self.run(notebook, daysAgo: 100, failing: ["a", "b"])
        #expect(try await store.forgettableRuns(Self.rule(), limit: 5).isEmpty)
        #expect(try await store.forgettableRuns(Self.rule(failed: 101), limit: 5).isEmpty)
        let past = try await store.forgettableRuns(Self.rule(failed: 99), limit: 5)
        #expect(past.map(\.id) == [run] && past[0].unsentDay == LocalDay(Self.now.addingTimeInterval(-100 * Self.day)))
        // Who delivers them now needs them.
        let retry = try #require(
            try await store.createRetry(
                Notebook.new(.retry(of: run), startedAt: Self.now), of: .matching(FailureQuery()), in: run))
        #expect(try await store.forgettableRuns(Self.rule(failed: 99), limit: 5).isEmpty)
        #expect(try await store.forgetSomeRecords(of: run, Self.rule(failed: 99)) == false)
        #expect(try await store.forgetRun(run, Self.rule(failed: 99)) == false)
        #expect(try await store.failureCount(FailureQuery(run: run)) == 2)
        try await store.commit([.state(retry.run, .done, endedAt: Self.now)])
        let ids = try await store.failures(FailureQuery(), limit: 5).map(\.id)
        _ = try await store.dismiss(ids, at: Self.now)
        let free = try await store.forgettableRuns(Self.rule(), limit: 5)
        #expect(free.map(\.id) == [run] && free[0].unsentDay == nil)
        try await Self.forget(notebook, Self.rule())
        #expect(try await notebook.store.run(run) == nil)
        #expect(try await store.failures(ids: ids).isEmpty)
    }

    @Test("content of which records were lost with their run is no delivered one", arguments: StoreKind.allCases)
    func lacking(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        let contents = (1...2).map { ContentIdentity(hash: [UInt8](repeating: $0, count: 16), length: 100) }
        let delivered = try await Self.run(notebook, daysAgo: 100)
        let failed = try await Self.run(notebook, daysAgo: 100, failing: ["a"])
        try await store.commit([.identify(delivered, contents[0]), .identify(failed, contents[1])])
        func lacks(_ content: ContentIdentity) async throws -> [Bool] {
            try await store.deliveries(of: content, for: Notebook.binding).map(\.lacksRecords)
        }
        #expect(try await lacks(contents[1]) == [false], "its run says what is left")
        try await Self.forget(notebook, Self.rule(failed: 95))
        #expect(try await store.run(failed) == nil)
        #expect(try await lacks(contents[0]) == [false])
        #expect(try await lacks(contents[1]) == [true])
    }

    @Test(
        "a run with many records goes in many steps, and with it what its retries know of them",
        arguments: StoreKind.allCases)
    func steps(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        let run = try await Self.run(notebook, daysAgo: 100, failing: (0..<1200).map { "c\($0)" })
        let retry = try #require(
            try await store.createRetry(
                Notebook.new(.retry(of: run), startedAt: Self.now), of: .matching(FailureQuery()), in: run))
        var batch = Notebook.batch(0, records: 1200)
        (batch.start, batch.end) = (SourcePosition(offset: 0, line: 1), SourcePosition(offset: 1200, line: 1))
        try await store.commit([
            .plan(retry.run, batch, rejects: [], rejectsBytes: 0),
            .fail(
                retry.run, sequence: 0, records: 0..<1200, isWhole: true,
                failures: (0..<1200).map { Notebook.failure("c\($0)") }),
            .state(retry.run, .done, endedAt: Self.now),
        ])
        #expect(try await store.failureCount(FailureQuery(run: retry.run)) == 1200)
        let rule = try Self.rule(failed: 95)
        var steps = 0
        #expect(try await store.forgetRun(run, rule) == false, "it has records")
        while try await store.forgetSomeRecords(of: run, rule) { steps += 1 }
        #expect(steps >= 3)
        #expect(try await store.forgetRun(run, rule))
        #expect(try await store.run(run) == nil)
        #expect(try await store.failureCount(FailureQuery(run: retry.run)) == 0)
        #expect(try await store.failureCount(FailureQuery()) == 0)
    }
}
