import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite("A source that is broken somewhere", .timeLimit(.minutes(30)))
struct BrokenSourceTests {
    private static let rows = 0..<60_000
    private static let whole = Packed.gzip(Array(rows.map { "Jane Doe,30,\($0),1\n" }.joined().utf8))

    @Test("a gzip file that is cut off is sent as far as it goes, and its run continues when the rest was copied, too")
    func cutOff() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let path = URL(filePath: workplace.directory.path.appending("customers.csv.gz").string)
            try Data(Self.whole.prefix(900_000)).write(to: path)
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: path.path), options: ReaderOptions()))
            let broken = try await workplace.engine.finished(run)
            #expect(broken.state.reason?.contains("the file is incomplete") == true)
            #expect(broken.state.reason?.hasSuffix("Then resume the run.") == true)
            #expect(broken.isResumable && broken.counts.pending == 0 && broken.counts.failed == 0)
            let sent = broken.counts.sent
            #expect(sent > 25_000 && api.ledger.cookies.count == sent)

            // As it is, it can't be read any further.
            try await workplace.engine.resume(run)
            #expect(try await workplace.engine.finished(run).counts.sent == sent)

            try Data(Self.whole).write(to: path)
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done && summary.counts.sent == Self.rows.count)
            #expect(api.ledger.cookies.count == Self.rows.count && api.ledger.duplicates == 0)
        }
    }

    @Test("another file in its place is not taken for the rest of it")
    func otherFile() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let path = URL(filePath: workplace.directory.path.appending("customers.csv.gz").string)
            try Data(Self.whole.prefix(900_000)).write(to: path)
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: path.path), options: ReaderOptions()))
            let sent = try await workplace.engine.finished(run).counts.sent
            // The same at both ends of what was there before, and longer.
            var other = Self.whole
            let place = try #require(other.indices.first { $0 > 200_000 && other[$0] == UInt8(ascii: "D") })
            other[place] = UInt8(ascii: "B")
            try Data(other).write(to: path)
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state.reason?.contains("changed since the run began") == true)
            #expect(summary.counts.sent == sent && api.ledger.cookies.count == sent)
        }
    }

    @Test("a second header in another order ends a file's run after what stands above it was sent")
    func otherHeader() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let above = (0..<20_000).map { "Jane Doe,30,\($0),1\n" }.joined()
            let path = try workplace.file(above + "name,banner_id,cookie,age\nJane Doe,30,wrong,45\n")
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: path), options: ReaderOptions(delimiter: .comma, hasNoHeader: true)))
            let broken = try await workplace.engine.finished(run)
            #expect(broken.state.reason?.contains("line 20001: another header") == true)
            #expect(broken.state.reason?.hasSuffix("belongs to this run: send only what follows.") == true)
            #expect(broken.counts.sent == 20_000 && broken.counts.pending == 0 && broken.isResumable)
            #expect(api.ledger.cookies["wrong"] == nil)
        }
    }
}
