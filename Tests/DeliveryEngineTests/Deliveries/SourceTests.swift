import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage
import Testing

@testable import DeliveryEngine

@Suite("A source that changes while it is read", .timeLimit(.minutes(30)))
struct SourceTests {
    @Test("what is added to it is not part of the run")
    func grows() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let run = try await workplace.start(records: 20_000, batchSize: 100)
            await api.until { $0.inFlight > 0 }
            let file = try FileHandle(forWritingTo: Self.customers(workplace))
            try file.seekToEnd()
            try file.write(contentsOf: Data("Jane Doe,30,added,1\n".utf8))
            try file.close()
            api.release()
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 20_000)
            #expect(api.ledger.cookies["added"] == nil)
        }
    }

    @Test(
        "what is cut off is missed, wherever the cut is, and the run continues when the file is whole again",
        arguments: 0..<8)
    func shrinks(_ more: Int) async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            // Longer than what is read ahead.
            let run = try await workplace.start(records: 100_000, batchSize: 100)
            await api.until { $0.inFlight > 0 }
            let path = Self.customers(workplace)
            let whole = try Data(contentsOf: path)
            var status = stat()
            #expect(stat(path.path, &status) == 0)
            try FileHandle(forWritingTo: path).truncate(atOffset: UInt64(whole.count / 2 + 3 * more))
            api.release()
            let failed = try await workplace.engine.finished(run)
            guard case .failed(let reason) = failed.state else {
                Issue.record("\(failed.state)")
                return
            }
            #expect(reason.contains("got shorter"))
            #expect(failed.counts.sent < 100_000)

            try whole.write(to: path)
            let times = [status.st_atim, status.st_mtim]
            #expect(utimensat(AT_FDCWD, path.path, times, 0) == 0)
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 100_000)
            #expect(api.ledger.cookies.count == 100_000 && api.ledger.duplicates == 0)
        }
    }

    @Test("a file that doesn't tell its length is read to its end")
    func withoutLength() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            // As long as the kernel says, of which it says 0.
            let options = ReaderOptions(delimiter: .comma, hasNoHeader: true)
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: "/proc/self/status"), options: options))
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts.rejected > 10)
        }
    }

    private static func customers(_ workplace: Workplace) -> URL {
        URL(fileURLWithPath: workplace.directory.path.appending("customers.csv").string)
    }
}
