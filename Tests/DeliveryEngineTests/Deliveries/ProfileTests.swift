import CustomerRecords
import DeliveryModel
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("Another profile is used while the engine works", .timeLimit(.minutes(30)))
struct ProfileTests {
    private static let connect: APIConnector = { _, _ throws(DeliveryError) in FakeBannerAPI() }

    @Test("what is started then belongs to it, and what failed before stays with its own")
    func switching() async throws {
        let first = FakeBannerAPI { _ in .refused(status: 400, answer: "") }
        try await withEngine(first) { workplace in
            let engine = workplace.engine
            let failed = try await workplace.deliver(records: 3)
            #expect(engine.snapshot().owns(failed))
            let second = FakeBannerAPI()
            try await engine.use(second, profile: "spring", connect: Self.connect)
            #expect(engine.snapshot().profile == "spring")
            #expect(!engine.snapshot().owns(failed))
            let all = FailureQuery(run: failed.id)
            #expect(await codeThrown { try await engine.retry(failed.id, .matching(all)) } == .conflict)

            second.setRule { _ in .refused(status: 400, answer: "") }
            let own = try await workplace.deliver(records: 2)
            #expect(own.profile == "spring" && own.counts.failed == 2)
            second.setRule { _ in .applied }
            let fix = BulkFix(
                change: RecordChange(field: .name, kind: .set("Ann Smith")),
                selection: .matching(FailureQuery(), except: []))
            let preview = try await engine.previewFix(fix) { true }
            #expect(preview.selected == 2 && preview.valid == 2, "the records of another API are left alone")
            let runs = try await engine.applyFix(fix)
            #expect(runs.count == 1)
            #expect(try await engine.finished(runs[0]).counts.sent == 2)
            #expect(await codeThrown { try await engine.applyFix(fix) } == .conflict, "the same change finds nothing")
        }
    }

    @Test("a run that is active keeps its profile")
    func active() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let run = try await workplace.start(records: 1)
            await api.until { $0.inFlight == 1 }
            let code = await codeThrown {
                try await engine.use(FakeBannerAPI(), profile: "spring", connect: Self.connect)
            }
            #expect(code == .conflict)
            #expect(engine.snapshot().profile == nil)
            api.release()
            #expect(try await engine.finished(run).counts.sent == 1)
        }
    }
}
