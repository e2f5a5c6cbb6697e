import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Files of the Send screen")
final class FileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "tui-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("folders stand first, CSV files after them by name, and nothing else")
    func listing() throws {
        for name in ["b.csv", "A.CSV", "note.md", "c.tsv"] { _ = try write(name, "x") }
        try FileManager.default.createDirectory(atPath: folder + "/zoo", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: folder + "/dangling.csv", withDestinationPath: "nowhere")
        let entries = try DirectoryListing.entries(of: folder)
        #expect(entries.map(\.name) == ["zoo", "A.CSV", "b.csv", "c.tsv"])
        #expect(entries.map(\.isFolder) == [true, false, false, false])
        #expect(throws: DeliveryError.self) { try DirectoryListing.entries(of: self.folder + "/none") }
    }

    @Test("a name that is not UTF-8 is listed all the same")
    func foreignName() throws {
        let path = Array(folder.utf8CString.dropLast()) + [0x2F, CChar(bitPattern: 0xFF)] + Array(".csv".utf8CString)
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(try DirectoryListing.entries(of: folder).map(\.name) == ["\u{FFFD}.csv"])
        #expect(DirectoryListing.holdsCSV(folder))
    }

    @Test("files and folders whose names are not UTF-8 are opened; of two names that read alike, none is")
    func foreignNames() throws {
        let inside = Array(folder.utf8CString.dropLast()) + [0x2F, CChar(bitPattern: 0xE9)]
        mkdir(inside + [0], 0o700)
        let path = inside + [0x2F, CChar(bitPattern: 0xFF)] + Array(".csv".utf8CString)
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        _ = "John Doe,25,c,1\n".withCString { Foundation.write(file, $0, strlen($0)) }
        close(file)
        let shown = folder + "/\u{FFFD}"
        let entry = try #require(try DirectoryListing.entries(of: shown).first)
        #expect(try DirectoryListing.kind(of: shown) == .folder)
        #expect(try FileVersion(path: "\(shown)/\(entry.name)") == entry.version)
        #expect(try InspectedFile(path: "\(shown)/\(entry.name)").size == 16)

        let twin = inside + [0x2F, CChar(bitPattern: 0xFE)] + Array(".csv".utf8CString)
        close(open(twin, O_CREAT | O_WRONLY, 0o600))
        let error = #expect(throws: DeliveryError.self) { try InspectedFile(path: "\(shown)/\(entry.name)") }
        #expect(error?.message.contains("Rename one.") == true)
        #expect(throws: DeliveryError.self) { try InspectedFile(path: self.folder + "/none\u{FFFD}.csv") }
    }

    @Test("a folder of 50,000 files opens in no time", .timeLimit(.minutes(30)))
    func manyFiles() throws {
        for number in 0..<50_000 { close(open(folder + "/f\(number).csv", O_CREAT | O_WRONLY, 0o600)) }
        let clock = ContinuousClock()
        var model = Fixture.model()
        model.send.browser = Browser(directory: folder)
        let time = try clock.measure {
            let entries = try DirectoryListing.entries(of: folder)
            _ = update(&model, .directory(path: folder, .success(entries)))
            _ = view(model)
        }
        #expect(model.send.browser.rows.count == 50_001)
        // An unoptimised build on a busy machine; an optimised one needs a hundredth of it.
        #expect(time < .seconds(20))
    }

    @Test("completions are what begins like the last part of the path")
    func completions() throws {
        for name in ["customers-1.csv", "customers-2.csv", "other.csv", ".hidden.csv"] { _ = try write(name, "") }
        #expect(
            DirectoryListing.completions(of: folder + "/cust") == ["customers-1.csv", "customers-2.csv"])
        #expect(DirectoryListing.completions(of: folder + "/").count == 3)
        #expect(DirectoryListing.completions(of: folder + "/.h") == [".hidden.csv"])
    }

    @Test("a preview says what the file is and what becomes of every record")
    func preview() async throws {
        let path = try write(
            "a.csv", "name;age;cookie;banner_id\nJan Novák;30;c1;5\nJane_Smith;30;c2;6\nTom;17;c3;7\n")
        let preview = try await SourceInspector.files(TerminalUIServices.Options()).preview(path, FileReading())
        #expect(preview.delimiter == .semicolon)
        #expect(preview.hasHeader)
        #expect(preview.isWhole)
        #expect(preview.estimatedRecords == 3)
        #expect(preview.records.map(\.verdict) == [.valid(age: 30), .rejected(.name), .valid(age: 17)])
        #expect(preview.records.map(\.fields.name) == ["Jan Novák", "Jane_Smith", "Tom"])
    }

    @Test("a preview of ten gigabytes reads only the beginning")
    func hugePreview() async throws {
        let path = try write(
            "huge.csv", "name,age,cookie,banner_id\n" + String(repeating: "Jan Novak,30,c,5\n", count: 9000))
        #expect(truncate(path, 10_000_000_000) == 0)
        let clock = ContinuousClock()
        let start = clock.now
        let preview = try await SourceInspector.files(TerminalUIServices.Options()).preview(path, FileReading())
        #expect(preview.size == 10_000_000_000)
        #expect(!preview.isWhole)
        // To read all of it would take minutes.
        #expect(clock.now - start < .seconds(20))
    }

    @Test("a dry run counts the whole file and keeps the ages apart")
    func dryRun() async throws {
        let rows = (0..<3000).map { "Jan Novak,\($0 % 100),c\($0),5\n" }.joined()
        let path = try write("b.csv", "name,age,cookie,banner_id\n" + rows + "Jane_Smith,30,c,5\n")
        let reports = Reports()
        let inspector = SourceInspector.files(TerminalUIServices.Options())
        try await inspector.dryRun(path, FileReading(), { true }, { reports.append($0) })
        let report = try #require(reports.all.last)
        #expect(report.isFinished)
        #expect(report.read == 3001)
        #expect(report.rejections == [.name: 1])
        #expect(report.counts(for: AgeFilter(minimum: 18)).valid == 2460)
        #expect(report.counts(for: AgeFilter(minimum: 20, maximum: 29)).valid == 300)
    }

    @Test("a dry run ends when nobody wants it any more")
    func unwanted() async throws {
        let path = try write("c.csv", String(repeating: "Jan Novak,30,c,5\n", count: 2000))
        let reports = Reports()
        let inspector = SourceInspector.files(TerminalUIServices.Options())
        try await inspector.dryRun(path, FileReading(), { false }, { reports.append($0) })
        #expect(reports.all.allSatisfy { !$0.isFinished })
    }

    @Test("what can't be read says so in words")
    func unreadable() async throws {
        let inspector = SourceInspector.files(TerminalUIServices.Options())
        await #expect(throws: DeliveryError.self) {
            _ = try await inspector.preview(self.folder + "/none.csv", FileReading())
        }
        await #expect(throws: DeliveryError.self) { _ = try await inspector.preview(self.folder, FileReading()) }
        let path = try write("utf16.csv", "")
        try Data([0xFF, 0xFE, 0x6E, 0, 0x61, 0]).write(to: URL(filePath: path))
        await #expect(throws: DeliveryError.self) { _ = try await inspector.preview(path, FileReading()) }
    }

    @Test("preferences return as they were saved, readable by their owner alone; a broken file is as none")
    func preferences() throws {
        let store = PreferencesStore(path: folder + "/preferences.json")
        var preferences = Preferences()
        preferences.theme = .light
        preferences.remember(file: "/a.csv")
        try store.save(preferences)
        #expect(store.load() == preferences)
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/preferences.json")[.posixPermissions]
        #expect(mode as? Int == 0o600)
        _ = try write("preferences.json", #"{"theme": "purple", "recentFiles": ["/b.csv"]}"#)
        #expect(store.load().recentFiles == ["/b.csv"])
        _ = try write("preferences.json", "not json")
        #expect(store.load() == Preferences())
    }
}

private final class Reports: @unchecked Sendable {
    // The lock guards what the dry run's thread appends.
    private let lock = NSLock()
    private var reports: [DryRunReport] = []

    var all: [DryRunReport] { lock.withLock { reports } }
    func append(_ report: DryRunReport) { lock.withLock { reports.append(report) } }
}
