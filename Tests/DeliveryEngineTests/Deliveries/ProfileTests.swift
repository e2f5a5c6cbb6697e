import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import SystemPackage
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

    @Test("a run that is being created for an API is sent there: it can't be changed meanwhile")
    func creating() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let path = workplace.directory.path.appending("pipe").string
            try #require(mkfifo(path, 0o600) == 0)
            // For both ways, so that opening it waits for nobody.
            let pipe = try FileDescriptor.open(path, .readWrite)
            async let started = workplace.engine.start(RunRequest(source: .file(path: path)))
            // More than a pipe holds: when all of it is written, somebody is reading.
            let text = (0..<20_000).map { "Jane Doe,30,\($0),1\n" }.joined()
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    _ = try? pipe.writeAll(text.utf8)
                    continuation.resume()
                }
            }
            let code = await codeThrown {
                try await workplace.engine.use(FakeBannerAPI(), profile: "spring", connect: Self.connect)
            }
            #expect(code == .conflict)
            try pipe.close()
            let summary = try await workplace.engine.finished(try await started)
            #expect(summary.counts.sent == 20_000)
            #expect(api.ledger.cookies.count == 20_000)
        }
    }
}
