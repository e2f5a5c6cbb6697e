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
    private static let whole = EncodedBytes.gzip(Array(rows.map { "Jane Doe,30,\($0),1\n" }.joined().utf8))

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

    @Test("a gzip file that is damaged is refused before anything of it is sent")
    func damaged() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let path = URL(filePath: workplace.directory.path.appending("customers.csv.gz").string)
            var damaged = Self.whole
            // The sum at its end tells.
            damaged[damaged.count - 8] ^= 1
            try Data(damaged).write(to: path)
            let error = await #expect(throws: DeliveryError.self) {
                try await workplace.engine.start(
                    RunRequest(source: .file(path: path.path), options: ReaderOptions()))
            }
            #expect(error?.message.contains("the gzip data is damaged") == true)
            #expect(api.ledger.requests.isEmpty)
        }
    }

    /// Holds up a run in the middle of a file, has the file changed, and lets it go on.
    /// - Returns: how it ended, and the cookies that arrived.
    private static func delivering(
        _ text: String, as encoding: String.Encoding = .utf8,
        _ change: @escaping @Sendable (FileHandle) throws -> Void
    ) async throws -> (RunSummary, Set<String>) {
        let api = FakeBannerAPI()
        return try await withEngine(api) { workplace in
            api.hold()
            let path = workplace.directory.path.appending("customers.csv").string
            try #require(text.data(using: encoding)).write(to: URL(filePath: path))
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: path), options: ReaderOptions(batchSize: 100)))
            await api.until { $0.inFlight == 2 }
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try change(file)
            try file.close()
            api.release()
            let summary = try await workplace.engine.finished(run)
            return (summary, Set(api.ledger.cookies.keys))
        }
    }

    @Test("a file that is written over while it is read is sent no further, and nothing of what was written is")
    func writtenOver() async throws {
        let text = Self.rows.map { "Jane Doe,30,\($0),1\n" }.joined()
        let other = Self.rows.map { "Jane Doe,1,\($0 % 10)w,3\n" }.joined()
        let (summary, cookies) = try await Self.delivering(text) { file in
            try file.write(contentsOf: Data(other.utf8.prefix(text.utf8.count)))
        }
        #expect(summary.state.word == "failed", "\(summary.state)")
        #expect(summary.state.reason?.contains("was changed while it was being read") == true)
        #expect(summary.counts.sent > 0 && summary.counts.sent < Self.rows.count)
        #expect(!cookies.contains { $0.hasSuffix("w") })
    }

    @Test("a file that is only touched while it is read is sent whole", arguments: [String.Encoding.utf8, .utf16])
    func touched(encoding: String.Encoding) async throws {
        let text = Self.rows.map { "Jane Doe,30,\($0),1\n" }.joined()
        let (summary, cookies) = try await Self.delivering(text, as: encoding) { file in
            #expect(futimens(file.fileDescriptor, nil) == 0)
        }
        #expect(summary.state == .done && summary.counts.sent == Self.rows.count, "\(summary.state)")
        #expect(cookies.count == Self.rows.count && !summary.notices.contains { $0.code == .grown })
    }

    @Test(
        "a file that grows while it is read is sent as it was, and says so",
        arguments: [String.Encoding.utf8, .utf16])
    func grown(encoding: String.Encoding) async throws {
        let text = Self.rows.map { "Jane Doe,30,\($0),1\n" }.joined()
        let (summary, cookies) = try await Self.delivering(text, as: encoding) { file in
            try file.seekToEnd()
            let more = "Jane Doe,30,new,1\n"
            try file.write(contentsOf: #require(more.data(using: encoding == .utf16 ? .utf16LittleEndian : encoding)))
        }
        #expect(summary.state == .done && summary.counts.sent == Self.rows.count)
        #expect(!cookies.contains("new"))
        #expect(summary.notices.contains { $0.code == .grown })
    }

    @Test("what a file has grown by before it is read is known, too")
    func grownBefore() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "grown-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data("Jane Doe,30,a,1\nJane Doe,30,b,1\n".utf8).write(to: path)
        let file = try SourceFile(path.path)
        #expect(try ChangeWatch(file, size: 16).hasGrown)
        #expect(try !ChangeWatch(file, size: 32).hasGrown)
        #expect(try ChangeWatch(file, size: 20).wholeLines == 16)
    }

    @Test("of a line that is only half written when a file begins to be sent, nothing is sent when the rest comes")
    func halfALine() async throws {
        let text = Self.rows.map { "Jane Doe,30,\($0),1\n" }.joined() + "Jane Doe,30,last,5"
        let (summary, cookies) = try await Self.delivering(text) { file in
            try file.seekToEnd()
            try file.write(contentsOf: Data("5\n".utf8))
        }
        #expect(summary.state == .done && summary.counts.sent == Self.rows.count)
        #expect(!cookies.contains("last") && summary.notices.contains { $0.code == .grown })
        // Where nobody writes, a last line without an end is a whole one.
        let (whole, all) = try await Self.delivering(text) { _ in }
        #expect(whole.counts.sent == Self.rows.count + 1 && all.contains("last"))
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
