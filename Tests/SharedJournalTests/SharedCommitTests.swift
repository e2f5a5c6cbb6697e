#if PostgreSQL
import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import SystemPackage
import Testing

@testable import SharedJournal

@Suite("Commits, retries and sources that nodes share")
struct SharedCommitTests {
    @Test("a commit whose answer was lost is recognized by its number and not done twice")
    func lostAnswer() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let run = try await node.create(Notebook.new())
        try await node.commit([.plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
        // The database did the second commit; this process believes that it has still to be done.
        let id = node.membership.id
        _ = try await node.writeAnywhere { try $0.run("SELECT begin_commit($1, 2)", [.text(id)]).count }
        try await node.commit([.mayHaveBeenApplied(run, sequence: 0, records: 0..<10, isWhole: true)])
        #expect(try await node.run(run)?.possibleDuplicates == 0)
        try await node.commit([.mayHaveBeenApplied(run, sequence: 0, records: 0..<10, isWhole: true)])
        #expect(try await node.run(run)?.possibleDuplicates == 10)
    }

    @Test("commits that a failover lost are noticed by the next one, and written again")
    func lostCommits() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let run = try await node.create(Notebook.new())
        for sequence in 0..<2 {
            try await node.commit([.plan(run, Notebook.batch(sequence), rejects: [], rejectsBytes: 0)])
        }
        try await node.commit([.acknowledge(run, sequence: 1, records: 0..<10, isWhole: true)])
        // As a standby has it that got the first commit only.
        _ = try await node.writeAnywhere { session in
            try session.run("DELETE FROM commit_log WHERE seq > 1")
            return try session.run("DELETE FROM batch WHERE sequence = 1").count
        }
        try await node.commit([.acknowledge(run, sequence: 0, records: 0..<10, isWhole: true)])
        let summary = try await node.run(run)
        #expect(summary?.counts.sent == 20 && summary?.counts.pending == 0)
        let lost = node.membership.takeLostCommits()
        #expect(lost.map(\.count) == [2] && lost.allSatisfy(\.areRestored))
        #expect(node.membership.takeLostCommits().isEmpty)
    }

    @Test("a submission that a client repeats at another node is accepted once, or counted")
    func repeated() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let (file, record) = (KeyClaim(key: "file", digest: [1]), KeyClaim(key: "record", digest: [2]))
        let upload = try await first.create(Notebook.new(), claim: file)
        // It looked for the key before the other one had it.
        await #expect { _ = try await second.create(Notebook.new(), claim: file) } throws: { error in
            (error as? DeliveryError)?.code == .busy
        }
        #expect(try await second.idempotencyKey("file", keptSince: .distantPast)?.run == upload)

        var runs: [RunID] = []
        for node in [first, second] {
            let run = try await node.create(Notebook.new(.submissions))
            let stored = StoredRecord(line: 1, fields: RecordFields())
            try await node.commit([.store(run, position: 0, stored, claim: record)])
            runs.append(run)
        }
        #expect(try await first.idempotencyKey("record", keptSince: .distantPast)?.run == runs[0])
        #expect(try await first.run(runs[0])?.possibleDuplicates == 0)
        #expect(try await first.run(runs[1])?.possibleDuplicates == 1)
    }

    @Test("a run that a failover lost is reported, and what the database has holds from then on")
    func lostRun() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let kept = try await node.create(Notebook.new())
        try await node.commit([.plan(kept, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
        let lost = try await node.create(Notebook.new())
        try await node.commit([.plan(lost, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
        _ = try await node.writeAnywhere { session in
            try session.run("DELETE FROM batch WHERE run = $1", [Value(lost)])
            try session.run("DELETE FROM run WHERE id = $1", [Value(lost)])
            return try session.run("DELETE FROM commit_log WHERE seq IN (-2, 2)").count
        }
        let error = await node.checkNewest()
        #expect(error?.code == .journal)
        #expect(node.membership.takeLostCommits().map(\.areRestored) == [false])
        // Commits fail until the engine has begun again.
        let later: [JournalOperation] = [.acknowledge(kept, sequence: 0, records: 0..<10, isWhole: true)]
        await #expect(throws: DeliveryError.self) { try await node.commit(later) }
        node.beginCommits()
        try await node.commit(later)
        #expect(try await node.run(kept)?.counts.sent == 10)
        #expect(await node.checkNewest() == nil)
    }

    @Test("of a commit that a failover lost, the facts of the runs that are there are written again")
    func lostBesideAnother() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let kept = try await node.create(Notebook.new())
        try await node.commit([.plan(kept, Notebook.batch(0), rejects: [], rejectsBytes: 0)])
        let lost = try await node.create(Notebook.new())
        try await node.commit([
            .plan(lost, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .plan(kept, Notebook.batch(1), rejects: [], rejectsBytes: 0),
        ])
        _ = try await node.writeAnywhere { session in
            try session.run("DELETE FROM batch WHERE run = $1 OR sequence = 1", [Value(lost)])
            try session.run("DELETE FROM run WHERE id = $1", [Value(lost)])
            return try session.run("DELETE FROM commit_log WHERE seq IN (-2, 2)").count
        }
        #expect(try await node.run(kept)?.counts.read == 10)
        #expect(await node.checkNewest()?.code == .journal)
        #expect(node.membership.takeLostCommits().map(\.areRestored) == [false])
        #expect(try await node.run(kept)?.counts.read == 20)
        #expect(try await node.run(lost) == nil)
    }

    @Test("an answer that speaks of a run that is not there is not kept")
    func answerOfNoRun() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let run = try await node.create(Notebook.new())
        try await node.commit([
            .answer(KeyClaim(key: "kept", digest: [1]), status: 202, [1], run: run),
            .answer(KeyClaim(key: "none", digest: [1]), status: 400, [1], run: nil),
            .answer(KeyClaim(key: "lost", digest: [1]), status: 202, [1], run: RunID(rawValue: run.rawValue + 1)),
        ])
        for (key, isKept) in [("kept", true), ("none", true), ("lost", false)] {
            #expect(try await (node.idempotencyKey(key, keptSince: .distantPast) != nil) == isKept, "\(key)")
        }
    }

    @Test("a creation that a failover lost is noticed before anything else is committed")
    func lostCreation() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let run = try await node.create(Notebook.new())
        _ = try await node.writeAnywhere { session in
            try session.run("DELETE FROM run WHERE id = $1", [Value(run)])
            return try session.run("DELETE FROM commit_log").count
        }
        #expect(await node.checkNewest()?.code == .journal)
        #expect(node.membership.takeLostCommits().map(\.areRestored) == [false])
    }

    @Test("writes at the same time are numbered in the order in which they are performed")
    func writeOrder() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask { _ = try await node.write { session, _ in try session.run("SELECT 1").count } }
            }
            try await group.waitForAll()
        }
        let numbers = try await node.read { session in
            try session.run("SELECT -seq AS number FROM commit_log WHERE seq < 0 ORDER BY xmin::text::bigint").rows
                .map { $0.int("number") }
        }
        #expect(numbers.count >= 200 && numbers == numbers.sorted())
    }

    @Test("records that are stored together keep every character")
    func storedTogether() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let run = try await node.create(Notebook.new(.submissions))
        let texts = ["a\"b", "back\\slash", "NULL", "", "{x,y}", "tab\tnew\nline", "žluť 🐎", " 'quoted' ", "a\0b"]
        try await node.commit(
            texts.enumerated().map { position, text in
                .store(
                    run, position: position,
                    StoredRecord(line: position + 1, fields: RecordFields(name: text, cookie: text)))
            })
        let stored = try await node.read { session in
            try session.run(
                "SELECT name, cookie, age, root FROM stored_record WHERE run = $1 ORDER BY position", [Value(run)]
            ).rows.map { [$0.text("name"), $0.text("cookie"), $0.text("age"), $0.text("root")] }
        }
        #expect(stored == texts.map { $0.replacing("\0", with: "\u{2400}") }.map { [$0, $0, "", ""] })
    }

    @Test("nodes that start together on an empty database create its tables once")
    func firstStart() async throws {
        let crew = try Crew()
        try await withThrowingTaskGroup(of: PostgresJournal.self) { group in
            for number in 0..<6 { group.addTask { try await crew.join("node-\(number)") } }
            var nodes: [PostgresJournal] = []
            for try await node in group { nodes.append(node) }
            #expect(try await nodes.first?.nodes().nodes.count == 6)
            for node in nodes { node.close() }
        }
    }

    @Test("a database that is not there is an error that names it")
    func away() async throws {
        let crew = try Crew()
        let address = try JournalAddress("postgresql://user@localhost:1/nowhere", mayHoldPassword: false)
        await #expect {
            _ = try await PostgresJournal(address, crew.directory("node"), .looking)
        } throws: { error in
            "\(error)".hasPrefix("The shared journal (database nowhere on localhost:1) is not available: ")
        }
    }

    @Test("commits and reads continue when the database ends every connection")
    func reconnects() async throws {
        let crew = try Crew()
        let (node, other) = (try await crew.join("node"), try await crew.join("other"))
        defer { for node in [node, other] { node.close() } }
        let run = try await node.create(Notebook.new())
        for sequence in 0..<3 {
            try await node.commit([.plan(run, Notebook.batch(sequence), rejects: [], rejectsBytes: 0)])
            _ = try await other.read { session in
                try session.run(
                    """
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE pid <> pg_backend_pid() AND application_name = 'data-connector'
                        AND query LIKE '%COMMIT%' AND pid IN (SELECT pid FROM pg_stat_activity WHERE state = 'idle')
                    """)
            }.count
        }
        #expect(try await node.run(run)?.counts.pending == 30)
    }

    @Test("two nodes that retry the same failures send each record once")
    func retries() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let run = try await first.create(Notebook.new())
        try await first.commit([
            .plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .fail(
                run, sequence: 0, records: 0..<10, isWhole: true,
                failures: (0..<10).map { Notebook.failure("c\($0)", line: $0) }),
            .state(run, .done, endedAt: Date()),
        ])
        let all = FailureSelection.matching(FailureQuery(run: run))
        async let one = first.createRetry(Notebook.new(.retry(of: run)), of: all, in: run)
        async let other = second.createRetry(Notebook.new(.retry(of: run)), of: all, in: run)
        let retries = [try await one, try await other].compactMap { $0 }
        #expect(retries.reduce(0) { $0 + $1.records } == 10)
    }

    @Test(
        "an upload is in the database before its run is, and arrives whole in the spool of the node that continues it")
    func upload() async throws {
        let crew = try Crew()
        let (first, second) = (try await crew.join("first"), try await crew.join("second"))
        defer { for node in [first, second] { node.close() } }
        let content = Data((0..<(PostgresJournal.chunkSize * 5 + 17)).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try content.write(to: URL(filePath: first.directory.spool.appending("upload-1").string))
        var new = Notebook.new(.upload(name: "a.csv"))
        new.location = .spool(name: "upload-1")
        let run = try await first.create(new)
        _ = try await second.source(of: run)
        let arrived = URL(filePath: second.directory.spool.appending("upload-1").string)
        #expect(try Data(contentsOf: arrived) == content)

        try await first.commit([.state(run, .done, endedAt: Date())])
        while try await first.clearSomeChunks() {}
        let left = try await first.read { try $0.run("SELECT 1 FROM source_chunk").count }
        #expect(left == 0)
    }

    @Test("text with NUL is kept, and found again")
    func nul() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let run = try await node.create(Notebook.new())
        var failure = Notebook.failure("a\0b", kind: .rejected)
        failure.raw = "x\0y"
        try await node.commit([.plan(run, Notebook.batch(0, name: 1), rejects: [failure], rejectsBytes: 1)])
        #expect(try await node.failures(FailureQuery(run: run), limit: 1).first?.raw == "x\u{2400}y")
    }
}
#endif
