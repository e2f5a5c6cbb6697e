import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("Sums over all runs")
struct TotalsTests {
    @Test("they are the same whether runs are open, done, opened again or refused from the beginning")
    func sums() async throws {
        let notebook = try await Notebook(source: .submissions)
        let (journal, run) = (notebook.journal, notebook.run)
        func check(_ sent: Int, _ rejected: Int, _ runs: [String: Int]) async throws {
            let totals = try await journal.totals()
            #expect(totals.counts.sent == sent && totals.counts.rejected == rejected)
            #expect(totals.counts.reasons[.name] ?? 0 == rejected)
            #expect(totals.runs == runs)
            #expect(totals.requests == 3 && totals.statuses == ["200": 2, "500": 1])
        }
        try await notebook.plan(Notebook.batch(0, records: 10, name: 2))
        try await journal.commit([
            .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true),
            .progress(run, RunProgress(requests: 3, retries: 1, statuses: ["200": 2, "500": 1])),
        ])
        try await check(10, 2, ["running": 1])
        #expect(try await journal.totals().oldestPending != nil)
        try await journal.commit([.compact(run, before: 1), .state(run, .done, endedAt: Date())])
        try await check(10, 2, ["done": 1])
        #expect(try await journal.totals().oldestPending == nil)
        #expect(try await journal.extend(run, by: Notebook.owner, for: Notebook.binding)?.nextSequence == 1)
        try await check(10, 2, ["running": 1])
        try await notebook.plan(Notebook.batch(1, records: 5))
        try await journal.commit([
            .acknowledge(run, sequence: 1, records: 0..<5, isWhole: true), .compact(run, before: 2),
            .state(run, .done, endedAt: Date()),
        ])
        try await check(15, 2, ["done": 1])
        var refused = Notebook.new()
        refused.state = .dryRun
        _ = try await journal.create(refused)
        try await check(15, 2, ["done": 1, "dry_run": 1])
    }

    @Test("only a run of single records that is done, and belongs to the same API, is opened again")
    func extending() async throws {
        let notebook = try await Notebook(source: .submissions)
        let (journal, run) = (notebook.journal, notebook.run)
        #expect(try await journal.extend(run, by: Notebook.owner, for: Notebook.binding) == nil)
        try await journal.commit([.state(run, .done, endedAt: Date())])
        #expect(try await journal.extend(run, by: Notebook.owner, for: RunBinding(api: "https://other.test")) == nil)
        let file = try await journal.create(Notebook.new())
        try await journal.commit([.state(file, .done, endedAt: Date())])
        #expect(try await journal.extend(file, by: Notebook.owner, for: Notebook.binding) == nil)
        #expect(try await journal.extend(run, by: Notebook.owner, for: Notebook.binding)?.summary.state == .running)
    }

    @Test("runs are listed by state, source, time and token")
    func queries() async throws {
        let notebook = try await Notebook(source: .file(path: "/a.csv"))
        let journal = notebook.journal
        var new = Notebook.new(.submissions)
        new.submittedBy = "shop@10.0.0.1"
        let single = try await journal.create(new)
        try await journal.commit([.state(single, .done, endedAt: Date())])
        let old = try await journal.create(
            Notebook.new(.upload(name: "b.csv"), startedAt: Date(timeIntervalSince1970: 1000)))
        // Of a user of that name, and not by its token.
        var other = Notebook.new(.submissions)
        other.submittedBy = "shop@4f3a2b1c9d0e"
        let user = try await journal.create(other)
        func list(_ change: (inout RunQuery) -> Void) async throws -> [RunID] {
            var query = RunQuery()
            change(&query)
            return try await journal.runs(query, limit: 10, before: nil).map(\.id)
        }
        #expect(try await list { _ in } == [user, old, single, notebook.run])
        #expect(try await list { $0.state = "done" } == [single])
        #expect(try await list { $0.state = "running" } == [user, old, notebook.run])
        #expect(try await list { $0.source = .kind("single") } == [user, single])
        #expect(try await list { $0.source = .text("b.csv") } == [old])
        #expect(try await list { $0.source = .text("/a.csv") } == [notebook.run])
        #expect(try await list { $0.since = Date(timeIntervalSince1970: 2000) } == [user, single, notebook.run])
        #expect(try await list { $0.submitter = "shop" } == [single])
        #expect(try await list { $0.submitter = "sho" } == [])
        for (place, isClient) in [
            ("10.0.0.1", true), ("::1", true), ("unknown", true), ("host", false), ("12ab", false),
        ] {
            #expect(RunQuery.isFrom("shop", "shop@\(place)") == isClient, "\(place)")
        }
    }
}
