import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import SystemPackage
import Testing

@testable import DeliveryEngine

@Suite("Only what is new", .timeLimit(.minutes(30)))
struct OnlyNewTests {
    private static func write(
        _ records: some Sequence<(Int, Int)>, _ folder: TemporaryFolder, as encoding: String.Encoding = .utf8
    ) throws -> String {
        let path = folder.path.appending("export.csv").string
        let lines = records.map { "Ann Lee,25,cookie-\($0.0),\($0.1)\n" }.joined()
        let text = try #require(("name,age,cookie,banner_id\n" + lines).data(using: encoding))
        try text.write(to: URL(filePath: path))
        return path
    }

    private static func run(_ workplace: Workplace, _ path: String, batchSize: Int = 100) async throws -> RunID {
        let options = ReaderOptions(batchSize: batchSize, onlyNew: "nightly")
        return try await workplace.engine.start(RunRequest(source: .file(path: path), options: options))
    }

    @Test("is sent of a full export; a changed banner is new, and another list knows nothing")
    func nightly() async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        try await withEngine(api, in: folder) { workplace in
            let first = try await Self.run(workplace, try Self.write((0..<1000).map { ($0, 1) }, folder))
            #expect(try await workplace.engine.finished(first).counts.sent == 1000)
            let changed = (0..<1010).map { ($0, $0 < 5 ? 2 : 1) }
            let second = try await Self.run(workplace, try Self.write(changed, folder))
            let summary = try await workplace.engine.finished(second)
            #expect(summary.counts.sent == 15 && summary.counts.reasons == [.deliveredBefore: 995])
            let path = try Self.write(changed, folder)
            let counted = try await NewRecordSearch.count(
                of: path, ReaderOptions(onlyNew: "nightly"), for: workplace.engine.binding.api, in: workplace.journal)
            #expect(counted.map { records in (0..<1010).count { records.isNew($0) } } == 0)
            let more = try Self.write(changed + [(5000, 1), (5001, 1)], folder)
            func new(_ list: String, isWanted: Bool = true) async throws -> NewRecordCount {
                try await workplace.engine.newRecords(in: more, options: ReaderOptions(onlyNew: list)) { isWanted }
            }
            #expect(try await new("nightly").ages?.enumerated().filter { $0.element > 0 }.map(\.offset) == [25])
            #expect(try await new("nightly").ages?[25] == 2)
            #expect(try await new("weekly").ages == nil, "there is no such list yet")
            await #expect(throws: DeliveryError.self) { try await new("nightly", isWanted: false) }
            _ = try Self.write(changed, folder)
            let options = ReaderOptions(onlyNew: "weekly")
            let other = try await workplace.engine.start(RunRequest(source: .file(path: path), options: options))
            #expect(try await workplace.engine.finished(other).counts.sent == 1010)
            #expect(try await workplace.journal.totals().counts.reasons[.deliveredBefore] == 995)
            #expect(try await workplace.journal.deliveryLists().map(\.records) == [1015, 1010])
        }
    }

    @Test(
        "a run that another process continues sends the rest, less what others delivered meanwhile",
        arguments: [String.Encoding.utf8, .utf16])
    func resumed(encoding: String.Encoding) async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        let path = try Self.write((0..<20_000).map { ($0, 1) }, folder, as: encoding)
        api.hold { $0.number >= 15 }
        let run = try await withEngine(api, in: folder) { workplace in
            // Every tenth record was delivered before.
            let list = try #require(
                try await workplace.journal.deliveryList(
                    "nightly", for: workplace.engine.binding.api, begunBy: workplace.engine.configuration.owner))
            try await workplace.journal.commit([
                .deliver(
                    list: list.id,
                    keys: stride(from: 0, to: 20_000, by: 10).map {
                        DeliveryKey(cookie: "cookie-\($0)", bannerID: 1, secret: list.secret)
                    })
            ])
            let run = try await Self.run(workplace, path)
            await api.until { $0.requests.count > 15 && $0.inFlight > 0 }
            try await workplace.engine.stop(run, mode: .finishInFlight)
            api.release()
            let stopped = try await workplace.engine.finished(run)
            #expect(stopped.isResumable && stopped.counts.sent > 0 && stopped.counts.sent < 18_000)
            try await workplace.journal.commit([
                .deliver(
                    list: list.id,
                    keys: (19_900..<20_000).map {
                        DeliveryKey(cookie: "cookie-\($0)", bannerID: 1, secret: list.secret)
                    })
            ])
            return run
        }
        try await withEngine(api, in: folder) { workplace in
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done, "\(summary.state)")
            #expect(summary.counts.sent == 17_910 && summary.counts.reasons == [.deliveredBefore: 2090])
            #expect(api.ledger.cookies.count == 17_910 && api.ledger.duplicates == 0)
            let again = try await Self.run(workplace, path)
            #expect(try await workplace.engine.finished(again).counts.sent == 0)
        }
    }

    @Test("of two runs at a time neither loses a record, and the list has each once")
    func together() async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        try await withEngine(api, in: folder) { workplace in
            func file(_ records: Range<Int>, _ name: String) throws -> String {
                let lines = records.map { "Ann Lee,25,cookie-\($0),1\n" }.joined()
                return try workplace.file("name,age,cookie,banner_id\n" + lines, named: name)
            }
            // Each holds 500 of its own, and both the 500 between.
            let files = [try file(0..<1000, "one.csv"), try file(500..<1500, "two.csv")]
            // Both have looked before the first record is delivered.
            api.hold()
            var runs: [RunID] = []
            for file in files { runs.append(try await Self.run(workplace, file)) }
            for run in runs { await workplace.until(run) { $0.isFullyRead } }
            api.release()
            for run in runs {
                let summary = try await workplace.engine.finished(run)
                #expect(summary.state == .done && summary.counts.sent == 1000)
            }
            #expect(api.ledger.cookies.count == 1500 && api.ledger.duplicates == 500)
            #expect(try await workplace.journal.deliveryLists().map(\.records) == [1500])
            let again = try await Self.run(workplace, try file(0..<1501, "all.csv"))
            #expect(try await workplace.engine.finished(again).counts.sent == 1)
            #expect(try await workplace.journal.deliveryLists().map(\.records) == [1501])
        }
    }

    @Test("what failed is not in the list until a retry delivers it")
    func failed() async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        api.setRule { request in
            request.cookies.contains("cookie-7") ? .refused(status: 400, answer: "no") : .applied
        }
        try await withEngine(api, in: folder) { workplace in
            let path = try Self.write((0..<20).map { ($0, 1) }, folder)
            let first = try await Self.run(workplace, path)
            #expect(try await workplace.engine.finished(first).counts.failed == 1)
            let second = try await Self.run(workplace, path)
            #expect(try await workplace.engine.finished(second).counts.failed == 1)
            api.setRule { _ in .applied }
            let retry = try await workplace.engine.retry(first, .matching(FailureQuery()), claim: nil, submittedBy: nil)
            #expect(try await workplace.engine.finished(retry).counts.sent == 1)
            let third = try await Self.run(workplace, path)
            #expect(try await workplace.engine.finished(third).counts.sent == 0)
        }
    }

    @Test("a run whose decision is lost sends nothing more, and says so")
    func lost() async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        let path = try Self.write((0..<20_000).map { ($0, 1) }, folder)
        api.hold { $0.number >= 3 }
        try await withEngine(api, in: folder) { workplace in
            let run = try await Self.run(workplace, path)
            await api.until { $0.inFlight > 0 }
            try await workplace.engine.stop(run, mode: .finishInFlight)
            api.release()
            _ = try await workplace.engine.finished(run)
            let file = NewRecordsFile(workplace.directory, run)
            #expect(file.read()?.count == 20_000)
            unlink(file.path.string)
            let sent = api.ledger.cookies.count
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state.reason?.contains("is missing or damaged") == true, "\(summary.state)")
            #expect(api.ledger.cookies.count == sent)
        }
    }
}
