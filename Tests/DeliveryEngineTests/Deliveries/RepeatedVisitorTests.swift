import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage
import Testing

@testable import DeliveryEngine

@Suite("Repeated visitors of a run", .timeLimit(.minutes(30)))
struct RepeatedVisitorTests {
    /// Each visitor twice, the second time far behind the first.
    private static func write(_ folder: TemporaryFolder) throws -> String {
        let path = folder.path.appending("repeats.csv").string
        let lines = (0..<40_000).map { "Ann Lee,25,cookie-\($0 % 20_000),7\n" }.joined()
        try Data(lines.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("are left out by a process that resumes it, whoever saw them first")
    func resumed() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.write(folder)
        let api = FakeBannerAPI()
        api.hold { $0.number >= 15 }
        let run = try await withEngine(api, in: folder) { workplace in
            let options = ReaderOptions(batchSize: 100, repeats: .skip)
            let run = try await workplace.engine.start(RunRequest(source: .file(path: path), options: options))
            await api.until { $0.requests.count > 15 && $0.inFlight > 0 }
            try await workplace.engine.stop(run, mode: .finishInFlight)
            api.release()
            let stopped = try await workplace.engine.finished(run)
            #expect(stopped.isResumable && stopped.counts.sent < 20_000)
            return run
        }
        try await withEngine(api, in: folder) { workplace in
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 20_000 && summary.counts.filtered == 20_000)
            #expect(summary.counts.reasons == [.repeated: 20_000])
            #expect(summary.notices[.repeatedVisitorsSkipped]?.count == 20_000)
            #expect(api.ledger.cookies.count == 20_000 && api.ledger.duplicates == 0)
            let totals = try await workplace.journal.totals()
            #expect(totals.counts.filtered == 20_000 && totals.counts.reasons[.repeated] == 20_000)
        }
    }

    @Test("are counted, and sent")
    func counted() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.write(folder)
        try await withEngine(FakeBannerAPI(), in: folder) { workplace in
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: path), options: ReaderOptions(repeats: .count)))
            let summary = try await workplace.engine.finished(run)
            #expect(summary.counts.sent == 40_000 && summary.counts.filtered == 0)
            #expect(summary.notices[.repeatedVisitors]?.count == 20_000)
        }
    }
}
