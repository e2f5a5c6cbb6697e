import CustomerRecords
import DeliveryModel
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("Failed records are sent again", .timeLimit(.minutes(30)))
struct RetryTests {
    private static func refusing(_ cookies: Set<String>) -> FakeBannerAPI.Rule {
        { cookies.isDisjoint(with: $0.cookies) ? .applied : .refused(status: 400, answer: "") }
    }

    @Test("a bulk fix leaves alone what could not be taken apart: its fields may be others than they look")
    func malformedIsNotFixed() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let header = "name,age,cookie,banner_id,zip,city\n"
            // The cookie is missing, and everything behind it one place too far left.
            let path = try workplace.file(header + "Anna-Marie,30,7,55,Praha\nEva-Jana,30,c2,5,1,Brno\n")
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: path), options: ReaderOptions(rules: RecordRules(nameFormat: .ascii))))
            #expect(try await workplace.engine.finished(run).counts.rejected == 2)
            let fix = BulkFix(
                change: RecordChange(field: .name, kind: .replace("-", with: " ")),
                selection: .matching(FailureQuery(), except: []))
            let preview = try await workplace.engine.previewFix(fix) { true }
            #expect(preview.selected == 2 && preview.valid == 1)
            for fixed in try await workplace.engine.applyFix(fix) { _ = try await workplace.engine.finished(fixed) }
            #expect(Set(api.ledger.cookies.keys) == ["c2"])
        }
    }

    @Test("a retry settles what it delivers in the run that failed, through any number of retries")
    func recovery() async throws {
        let api = FakeBannerAPI(Self.refusing(["3", "7", "500"]))
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let first = try await workplace.deliver(records: 1000)
            #expect(first.counts.failed == 3)
            let file = try #require(first.unsentFile)

            api.setRule(Self.refusing(["7"]))
            let second = try await engine.finished(
                try await engine.retry(first.id, .matching(FailureQuery(run: first.id))))
            #expect(second.counts.sent == 2 && second.counts.failed == 1)
            #expect(try await engine.run(first.id)?.recovered == 2)

            api.setRule { _ in .applied }
            let third = try await engine.finished(
                try await engine.retry(second.id, .matching(FailureQuery(run: second.id))))
            #expect(third.counts.sent == 1)
            #expect(try await engine.run(first.id)?.recovered == 3, "a retry of a retry settles the first failure")
            #expect(try await engine.run(second.id)?.recovered == 1)
            #expect(try await engine.failureCount(FailureQuery()) == 0)
            #expect(try FileText.read(file) == nil, "nothing is unsent any more")
            #expect(api.ledger.cookies.count == 1000 && api.ledger.duplicates == 0)
        }
    }

    @Test("records that one retry sends are not sent by another")
    func claims() async throws {
        let api = FakeBannerAPI(Self.refusing(["3", "7"]))
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let failed = try await workplace.deliver(records: 10)
            api.setRule { _ in .applied }
            api.hold()
            let retry = try await engine.retry(failed.id, .matching(FailureQuery(run: failed.id)))
            await api.until { $0.inFlight == 1 }
            let claimed = try await engine.failures(FailureQuery(run: failed.id), offset: 0, limit: 10)
            #expect(claimed.map(\.retryingIn) == [retry, retry])
            #expect(
                await codeThrown { try await engine.retry(failed.id, .matching(FailureQuery(run: failed.id))) }
                    == .conflict)
            #expect(
                await codeThrown {
                    try await engine.resend(
                        claimed[0].id, as: RecordFields(name: "Jane", age: "20", cookie: "x", bannerID: "1"))
                } == .conflict)
            api.release()
            #expect(try await engine.finished(retry).counts.sent == 2)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test("a chosen record is retried alone")
    func selection() async throws {
        let api = FakeBannerAPI(Self.refusing(["3", "7"]))
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let failed = try await workplace.deliver(records: 10)
            let failures = try await engine.failures(FailureQuery(run: failed.id), offset: 0, limit: 10)
            let seven = try #require(failures.first { $0.cookie == "7" })
            api.setRule { _ in .applied }
            let retry = try await engine.finished(try await engine.retry(failed.id, .records([seven.id])))
            #expect(retry.counts.sent == 1)
            let left = try await engine.failures(FailureQuery(run: failed.id), offset: 0, limit: 10)
            #expect(left.map(\.cookie) == ["3"])
        }
    }

    @Test("a rejected record is edited, checked by the rules of its run, and sent")
    func edited() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let path = try workplace.file("Jane Doe,30,good,1\nUnder_Score,30,fixed,1\n")
            let run = try await engine.start(RunRequest(source: .file(path: path)))
            #expect(try await engine.finished(run).counts.rejected == 1)
            let rejected = try #require(
                try await engine.failures(FailureQuery(run: run, kinds: [.rejected]), offset: 0, limit: 10).first)
            #expect(rejected.line == 2 && rejected.reason == .name && rejected.raw == "Under_Score,30,fixed,1")
            var fields = RecordFields(name: "Still_Wrong", age: "30", cookie: "fixed", bannerID: "1")
            #expect(await codeThrown { try await engine.resend(rejected.id, as: fields) } == .conflict)
            fields.name = "Under Score"
            let resent = try await engine.finished(try await engine.resend(rejected.id, as: fields))
            #expect(resent.counts.sent == 1)
            #expect(api.ledger.cookies == ["good": 1, "fixed": 1])
            #expect(try await engine.run(run)?.recovered == 1)
            #expect(try await engine.failureCount(FailureQuery(run: run)) == 0)
        }
    }
}
