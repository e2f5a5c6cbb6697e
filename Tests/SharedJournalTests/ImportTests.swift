#if PostgreSQL
import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import SystemPackage
import Testing

@testable import SharedJournal

@Suite("When the journal of a state directory moves into the shared one")
struct ImportTests {
    @Test("runs, failures and open uploads move in whole, beside what is there, and can be continued")
    func moves() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let other = try await node.create(Notebook.new())
        try await node.commit([.state(other, .done, endedAt: Date())])

        let origin = try crew.directory("origin")
        let journal = try Journal(origin)
        let content = Data((0..<(PostgresJournal.chunkSize + 5)).map { UInt8(truncatingIfNeeded: $0) })
        try content.write(to: URL(filePath: origin.spool.appending("upload-1").string))
        let done = try await journal.create(Notebook.new())
        try await journal.commit([
            .plan(done, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .fail(
                done, sequence: 0, records: 0..<10, isWhole: true,
                failures: (0..<10).map { Notebook.failure("c\($0)", line: $0) }),
            .state(done, .done, endedAt: Date()),
        ])
        var upload = Notebook.new(.upload(name: "a.csv"))
        upload.location = .spool(name: "upload-1")
        let open = try await journal.create(upload)
        try await journal.commit([
            .plan(open, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .plan(open, Notebook.batch(1), rejects: [], rejectsBytes: 0),
            .acknowledge(open, sequence: 0, records: 0..<10, isWhole: true, at: Date()),
        ])
        let file = try await journal.create(Notebook.new())
        let retry = try #require(
            try await journal.createRetry(
                Notebook.new(.retry(of: done)), of: .matching(FailureQuery(run: done)), in: done))
        try await journal.commit([.state(retry.run, .stopped(reason: "by hand"), endedAt: Date())])
        let before = try await journal.totals()
        let shared = try await node.totals()

        let imported = try await node.take(journal, spool: origin.spool)
        #expect(imported.runs == 4 && imported.openRuns == 3 && imported.failures == 10)
        func moved(_ run: RunID) -> RunID { RunID(rawValue: run.rawValue + imported.offset) }
        #expect(try await node.run(moved(retry.run))?.source == .retry(of: moved(done)))
        #expect(try await node.run(moved(done))?.counts == journal.run(done)?.counts)
        #expect(try await node.failures(FailureQuery(run: moved(done)), limit: 20).map(\.cookie).count == 10)
        #expect(try await node.run(moved(open))?.counts.sent == 10)
        let after = try await node.totals()
        #expect(after.counts.failed == before.counts.failed + shared.counts.failed)
        #expect(after.runs["done"] == 2)

        // The upload is anybody's, with its bytes; the file waits for its user.
        let (heir, binding) = (try await crew.join("heir"), Notebook.binding)
        defer { heir.close() }
        #expect(try await heir.claimOne(for: binding) { _ in true } == moved(open))
        #expect(try await heir.claimOne(for: binding) { _ in true } == nil)
        _ = try await heir.source(of: moved(open))
        let arrived = heir.directory.spool.appending("upload-1").string
        #expect(try Data(contentsOf: URL(filePath: arrived)) == content)
        let resumed = try await heir.reopen(moved(open), by: Crew.owner("heir"), for: binding)
        #expect(resumed?.recordsInFlight == 10)
        #expect(try await node.run(moved(file))?.state == .stopped(reason: "interrupted"))

        // New runs get new numbers, and nothing moves in twice.
        #expect(try await node.create(Notebook.new()) > moved(file))
        await #expect { _ = try await node.take(journal, spool: origin.spool) } throws: {
            ($0 as? DeliveryError)?.code == .conflict
        }
        journal.close()
    }
}
#endif
