import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("Who did what, and how many records were sent when")
struct AuditTests {
    private static let jane = Operator(who: "jane@vm", from: Operator.commandLine)
    private static let noon = Date(timeIntervalSince1970: 1_800_014_400)

    @Test("entries are listed newest first, by run and since a moment", arguments: StoreKind.allCases)
    func list(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let entries = (0..<4).map { number in
            AuditEntry(
                at: Self.noon + Double(number), by: Self.jane, number == 0 ? .setRate : .pause,
                run: number == 0 ? nil : RunID(rawValue: Int64(number)), records: number)
        }
        // The second time changes nothing.
        for entry in entries + [entries[1]] { try await notebook.store.commit([.audit(entry)]) }
        #expect(try await notebook.store.audit(AuditQuery()) == entries.reversed())
        #expect(try await notebook.store.audit(AuditQuery(limit: 1)) == [entries[3]])
        #expect(try await notebook.store.audit(AuditQuery(run: RunID(rawValue: 2))) == [entries[2]])
        #expect(try await notebook.store.audit(AuditQuery(since: Self.noon + 2)) == [entries[3], entries[2]])
    }

    @Test("a run that is created is noted with it, once, with what it has sent", arguments: StoreKind.allCases)
    func created(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        var new = Notebook.new()
        new.audit = AuditEntry(at: Self.noon, by: Self.jane, .send)
        let run = try await store.create(new)
        #expect(try await store.create(new) == run)
        try await store.commit([
            .plan(run, Notebook.batch(0), rejects: [], rejectsBytes: 0),
            .acknowledge(run, sequence: 0, records: 0..<10, isWhole: true, at: Self.noon),
        ])
        let entries = try await store.audit(AuditQuery())
        #expect(entries.map(\.run) == [run] && entries.map(\.records) == [10])
        #expect(entries.first?.who == "jane@vm" && entries.first?.from == "command line")
    }

    @Test("a retry and a record that is sent again say how many records they hold", arguments: StoreKind.allCases)
    func retries(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.fail(["a", "b", "c"])
        let failure = try #require(try await notebook.store.failures(FailureQuery(), limit: 1).first)
        var resend = Notebook.new(.retry(of: notebook.run))
        resend.audit = AuditEntry(at: Self.noon, by: Self.jane, .resend)
        let fields = RecordFields(name: "Jane Doe", age: "30", cookie: "d", bannerID: "1")
        _ = try await notebook.store.createResend(resend, of: failure.id, as: fields)
        var retry = Notebook.new(.retry(of: notebook.run))
        retry.audit = AuditEntry(at: Self.noon, by: Self.jane, .retry)
        let created = try await notebook.store.createRetry(retry, of: .matching(FailureQuery()), in: notebook.run)
        #expect(created?.records == 2)
        let entries = try await notebook.store.audit(AuditQuery())
        #expect(entries.map(\.command) == [.retry, .resend] && entries.map(\.records) == [2, 1])
    }

    @Test("what is past its time is forgotten", arguments: StoreKind.allCases)
    func forgotten(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        // Whole seconds are the same whichever way they are stored.
        let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
        let oldest = now.addingTimeInterval(-AuditRetention.seconds)
        for age in [-10.0, 10] {
            try await notebook.store.commit([.audit(AuditEntry(at: oldest + age, by: Self.jane, .dismiss))])
        }
        try await notebook.plan(Notebook.batch(0))
        try await notebook.store.commit([
            .acknowledge(notebook.run, sequence: 0, records: 0..<10, isWhole: true, at: now - 9 * 86_400)
        ])
        let countsBefore = now.addingTimeInterval(-AuditRetention.countSeconds)
        #expect(try await !notebook.store.forgetSomeAudit(before: oldest, countsBefore: countsBefore))
        #expect(try await notebook.store.audit(AuditQuery()).map(\.at) == [oldest + 10])
        #expect(try await notebook.store.recordsSent(to: "https://api.test", in: now - 864_000..<now) == 0)
    }

    @Test("sent records are counted once, by the quarter of an hour and by the API", arguments: StoreKind.allCases)
    func counts(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        for sequence in 0..<3 { try await notebook.plan(Notebook.batch(sequence)) }
        for _ in 0..<2 {
            try await notebook.store.commit([
                .acknowledge(notebook.run, sequence: 0, records: 0..<10, isWhole: true, at: Self.noon - 1),
                .acknowledge(notebook.run, sequence: 1, records: 0..<10, isWhole: true, at: Self.noon),
                .acknowledge(notebook.run, sequence: 2, records: 0..<10, isWhole: true),
            ])
        }
        func sent(_ from: Double, _ to: Double, _ api: String? = "https://api.test") async throws -> Int {
            try await notebook.store.recordsSent(to: api, in: Self.noon + from..<Self.noon + to)
        }
        #expect(try await sent(-900, 0) == 10)
        #expect(try await sent(0, 900) == 10)
        #expect(try await sent(-86_400, 86_400) == 20)
        #expect(try await sent(900, 86_400) == 0)
        #expect(try await sent(-86_400, 86_400, "sandbox") == 0)
        #expect(try await sent(-86_400, 86_400, nil) == 0)
    }
}
