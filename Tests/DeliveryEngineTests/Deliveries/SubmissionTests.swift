import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("Single records are durable before they are accepted", .timeLimit(.minutes(30)))
struct SubmissionTests {
    private static func fields(_ cookie: String) -> RecordFields {
        RecordFields(name: "Jane Doe", age: "30", cookie: cookie, bannerID: "1")
    }

    @Test("one alone takes the path for single records and learns its outcome")
    func alone() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let receipt = try await workplace.engine.submit(Self.fields("a"))
            #expect(await receipt.outcome() == .sent)
            #expect(api.ledger.requests.map(\.path) == [.single])
            #expect(try await workplace.engine.finished(receipt.run).counts.sent == 1)
        }
    }

    @Test("those that arrive together share requests, and each learns its own outcome")
    func coalescing() async throws {
        let api = FakeBannerAPI {
            $0.cookies.contains("13") ? .refused(status: 400, answer: "") : .applied
        }
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let outcomes = try await withThrowingTaskGroup(of: (Int, SubmissionOutcome).self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let receipt = try await engine.submit(Self.fields(String(number)))
                        return (number, await receipt.outcome())
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(outcomes.count == 500)
            let failed = outcomes.filter { if case .failed = $0.value { true } else { false } }
            #expect(failed.map(\.key) == [13])
            #expect(outcomes.values.filter { $0 == .sent }.count == 499)
            #expect(api.ledger.requests.count < 250)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test("an accepted record survives the process, and is sent when its run is resumed")
    func durable() async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        api.hold()
        let run = try await withEngine(api, in: folder) { workplace in
            let receipt = try await workplace.engine.submit(Self.fields("kept"))
            let stored = try await workplace.journal.storedRecords(of: receipt.run, from: 0, limit: 10)
            #expect(stored.map(\.fields.cookie) == ["kept"])
            // The process ends immediately: whoever waits is told that nothing is known.
            try await workplace.engine.stop(receipt.run, mode: .now)
            #expect(await receipt.outcome() == .pending)
            return receipt.run
        }
        await api.until { $0.inFlight == 0 }
        let other = FakeBannerAPI()
        try await withEngine(other, in: folder) { workplace in
            try await workplace.engine.resume(run)
            #expect(try await workplace.engine.finished(run).counts.sent == 1)
            #expect(other.ledger.cookies == ["kept": 1])
        }
    }

    @Test("a record that breaks a rule is not accepted")
    func invalid() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            var fields = Self.fields("c")
            fields.bannerID = "100"
            #expect(await codeThrown { try await workplace.engine.submit(fields) } == .conflict)
        }
    }

    @Test("while the API does not answer records gather, count as pending, and wait for nobody at the end")
    func gathering() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            // One by one, which takes far longer than it would take to fill all places for batches. Those that come
            // more than a second apart belong to another run.
            var runs: Set<RunID> = []
            for number in 0..<1000 { runs.insert(try await engine.submit(Self.fields(String(number))).run) }
            var pending = 0
            for run in runs { pending += try await workplace.journal.run(run)?.counts.pending ?? 0 }
            #expect(pending == 1000)
            pending = 0
            for run in runs {
                try await engine.stop(run, mode: .now)
                pending += try await engine.finished(run).counts.pending
            }
            #expect(pending == 1000)
        }
    }

    @Test("records that come one after the other share a run, those of another client or filter do not")
    func bundling() async throws {
        try await withEngine(FakeBannerAPI()) { workplace in
            let engine = workplace.engine
            let first = try await engine.submit(Self.fields("a"))
            #expect(try await engine.finished(first.run).counts.sent == 1)
            let second = try await engine.submit(Self.fields("b"))
            #expect(second.run == first.run)
            #expect(await second.outcome() == .sent)
            // Whatever was answered before is in what is read after.
            #expect(try await engine.run(first.run)?.counts.sent == 2)
            let others = [
                SubmissionOrigin(submittedBy: "shop@10.0.0.1"), SubmissionOrigin(filter: AgeFilter(minimum: 21)),
            ]
            for origin in others {
                let receipt = try await engine.submit(SingleSubmission(Self.fields("c"), from: origin))
                let run = try #require(try await engine.run(receipt.run))
                #expect(run.id != first.run && run.filter == origin.filter)
                #expect(origin.submittedBy == nil || run.submittedBy == origin.submittedBy)
            }
            let ended = try await engine.finished(first.run)
            #expect(ended.state == .done && ended.counts == RunCounts(sent: 2))
        }
    }

    @Test("the log of requests names the traces that clients' requests belong to")
    func traces() async throws {
        try await withEngine(FakeBannerAPI()) { workplace in
            let engine = workplace.engine
            func sent(_ run: RunID) async throws -> [String] {
                _ = try await engine.finished(run)
                return try await engine.recentRequests().filter { $0.run == run }.flatMap(\.traces).sorted()
            }
            let single = ["00-a", "00-b"]
            async let first = engine.submit(SingleSubmission(Self.fields("a"), trace: single[0]))
            async let second = engine.submit(SingleSubmission(Self.fields("b"), trace: single[1]))
            let run = try await first.run
            #expect(try await second.run == run)
            #expect(try await sent(run) == single)
            let upload = try await TraceContext.$current.withValue("00-c") { try await workplace.start(records: 10) }
            #expect(try await sent(upload) == ["00-c"])
            #expect(engine.traces.traces(of: upload, at: 0..<10).isEmpty, "it is done")
        }
    }

    @Test("an edited record is checked by the rules by which it was taken")
    func rules() async throws {
        let api = FakeBannerAPI()
        api.setRule { _ in .refused(status: 400, answer: "no such banner") }
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let origin = SubmissionOrigin(rules: RecordRules(nameFormat: .common))
            var fields = RecordFields(name: "Pat O'Brien", age: "30", cookie: "c1", bannerID: "1")
            let receipt = try await engine.submit(SingleSubmission(fields, from: origin))
            #expect(try await engine.finished(receipt.run).counts.failed == 1)
            let record = try #require(try await engine.failures(FailureQuery(), offset: 0, limit: 1).first)
            api.setRule { _ in .applied }
            fields.bannerID = "2"
            let resent = try await engine.resend(record.id, as: fields)
            #expect(try await engine.finished(resent).counts.sent == 1)
        }
    }

    @Test("in an outage as many are accepted as the disk holds, and all are delivered when it is over")
    func outage() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            await engine.setSubmissionLimits(run: 20, memory: 30)
            var runs: Set<RunID> = []
            var last: SubmissionReceipt?
            for number in 0..<150 {
                last = try await engine.submit(Self.fields(String(number)))
                if let run = last?.run { runs.insert(run) }
            }
            #expect(runs.count == 8)
            var pending = 0
            for run in runs { pending += try await engine.run(run)?.counts.pending ?? 0 }
            #expect(pending == 150)
            api.release()
            #expect(await last?.outcome() == .sent)
            for run in runs { #expect(try await engine.finished(run).state == .done) }
            #expect(api.ledger.cookies.count == 150 && api.ledger.duplicates == 0)
        }
    }
}
