import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import SystemPackage
import Testing

@testable import DeliveryEngine

@Suite("Erasing people from everything that is stored")
struct ErasureFilesTests {
    private static let cookie = "gone-12345"

    /// Files below a folder that hold the cookie anywhere.
    private static func holders(in folder: FilePath) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: folder.string)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            let data = FileManager.default.contents(atPath: folder.appending(name).string) ?? Data()
            return data.range(of: Data(cookie.utf8)) != nil
        }.sorted()
    }

    private static func write(_ text: String, to path: FilePath) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
    }

    @Test("a run that has ended leaves nothing, everybody else stays, and the source is named")
    func ended() async throws {
        let outside = try TemporaryFolder()
        let source = outside.path.appending("customers.csv")
        try Self.write(
            """
            name,age,cookie,banner_id
            Jane Doe,30,gone-12345,1
            Under_Score,30,gone-12345,2
            Under_Score,30,kept-12345,2
            Jane,30,gone-12345
            John Roe,30,bad-12345,1
            Ann Poe,30,good-12345,1

            """, to: source)
        let api = FakeBannerAPI {
            $0.cookies.contains { $0 == "gone-12345" || $0 == "bad-12345" }
                ? .refused(status: 400, answer: "no gone-12345") : .applied
        }
        try await withEngine(api) { workplace in
            let run = try await workplace.engine.start(RunRequest(source: .file(path: source.string)))
            let before = try await workplace.engine.finished(run)
            #expect(before.counts.failed == 2 && before.counts.rejected == 3 && before.counts.sent == 1)
            let directory = workplace.directory
            try Self.write("2026 WARNING refused: gone-12345.\n2026 INFO gone-123456\n", to: directory.log)
            try Self.write("SQLite gone-12345", to: directory.path.appending("journal-version-1.sqlite"))
            try Self.write(
                "name,age,cookie,banner_id\nA,1,gone-12345,1\n", to: directory.unsent.appending("unsent_2020-01-01.csv")
            )
            let draft = directory.unsent.appending(".unsent-999999-1.tmp")
            try Self.write("gone-12345", to: draft)

            let preview = try await workplace.engine.erase([Self.cookie], isDryRun: true)
            #expect(preview.counts[.failures] == 4 && preview.counts[.rejectedFiles] == 2)
            #expect(try Self.holders(in: directory.path).count >= 6)

            let report = try await workplace.engine.erase([Self.cookie], isDryRun: false)
            #expect(
                report.counts[.rejectedFiles] == 2 && report.counts[.log] == 1 && report.counts[.journalCopies] == 1)
            #expect(report.isComplete)
            #expect(
                report.remainders.map(\.text) == [
                    "\(source) (read by run 1) contains 3 and is your file: remove it there yourself."
                ]
            )
            #expect(try Self.holders(in: directory.path) == [directory.log.lastComponent?.string ?? ""])
            #expect(
                try String(contentsOfFile: directory.log.string, encoding: .utf8)
                    == "2026 WARNING refused: **********.\n2026 INFO gone-123456\n")

            let after = try #require(try await workplace.engine.run(run))
            #expect(after.counts == before.counts && after.undelivered == 1)
            let left = try await workplace.engine.failures(FailureQuery(), offset: 0, limit: 10)
            #expect(Set(left.map(\.cookie)) == ["kept-12345", "bad-12345"])
            let rejected = try String(contentsOfFile: directory.rejected(of: run).string, encoding: .utf8)
            #expect(rejected.contains("kept-12345") && rejected.hasPrefix("line,code,message,record\n"))
            let unsent = try #require(after.unsentFile)
            #expect(
                try String(contentsOfFile: unsent, encoding: .utf8).hasSuffix("banner_id\nJohn Roe,30,bad-12345,1\n"))
            let again = try await workplace.engine.erase([Self.cookie], isDryRun: false)
            #expect(again.total == 0)
            let audit = try await workplace.engine.audit(AuditQuery())
            #expect(audit.map(\.command) == [.erase, .erase, .send] && audit.map(\.records) == [0, report.total, 1])
        }
    }

    @Test(
        "a file that a drop folder moved is named, and a journal that was moved into a shared one goes in all its parts"
    )
    func moved() async throws {
        let folder = try TemporaryFolder()
        let source = folder.path.appending("customers.csv")
        try Self.write("Jane Doe,30,gone-12345,1\n", to: source)
        try await withEngine(FakeBannerAPI()) { workplace in
            let run = try await workplace.engine.start(RunRequest(source: .file(path: source.string)))
            _ = try await workplace.engine.finished(run)
            let delivered = folder.path.appending("delivered")
            try StateDirectory.createFolder(delivered)
            let moved = delivered.appending("customers.2.csv")
            #expect(rename(source.string, moved.string) == 0)
            try Self.write("nothing of anybody", to: workplace.directory.path.appending("journal.sqlite.imported"))
            try Self.write("gone-12345", to: workplace.directory.path.appending("journal.sqlite-wal.imported"))
            let report = try await workplace.engine.erase([Self.cookie], isDryRun: false)
            #expect(report.counts[.journalCopies] == 2)
            #expect(
                report.remainders.map(\.text) == [
                    "\(moved) (delivered by run 1) contains 1 and is your file: remove it there yourself."
                ])
            let names = try FileManager.default.contentsOfDirectory(atPath: workplace.directory.path.string)
            #expect(!names.contains { $0.hasSuffix(".imported") })
        }
    }

    @Test("a run that is not at its end is named, and erased once it is discarded")
    func open() async throws {
        let outside = try TemporaryFolder()
        let source = outside.path.appending("customers.csv")
        try Self.write("Jane Doe,30,gone-12345,1\nJane Doe,30,kept-12345,1\n", to: source)
        try await withEngine(FakeBannerAPI(), dailyLimit: 1) { workplace in
            let run = try await workplace.engine.start(
                RunRequest(source: .file(path: source.string), options: ReaderOptions(batchSize: 1)))
            await workplace.until(run) { $0.state.reason != nil }
            let report = try await workplace.engine.erase([Self.cookie], isDryRun: false)
            #expect(!report.isComplete)
            let named = report.remainders.first?.text
            #expect(named?.hasPrefix("run 1 (\(source)) has not ended and contains 1") == true, "\(named ?? "")")
            _ = try await workplace.engine.discard(run)
            let second = try await workplace.engine.erase([Self.cookie, "kept-12345"], isDryRun: false)
            #expect(second.isComplete, "\(second.remainders)")
            #expect(try Self.holders(in: workplace.directory.path).isEmpty)
        }
    }

    @Test(
        "fields are read as they were written",
        arguments: [
            ("a,b,c\n", ["a", "b", "c"]), ("1,\"x,\"\"y\"\"\nz\",\n", ["1", "x,\"y\"\nz", ""]), ("", [""]),
        ])
    func fields(text: String, fields: [String]) { #expect(CSVRow.fields(of: Array(text.utf8)) == fields) }
}
