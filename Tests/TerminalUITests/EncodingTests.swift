import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Files in another encoding")
struct EncodingTests {
    private let path = "/home/jan/samples/customers.csv"
    private let chosen: [KnownColumn: Int] = [.name: 1, .age: 2, .cookie: 3, .bannerID: 4]

    private func model(_ preferences: Preferences = Preferences()) -> Model {
        var model = Fixture.model()
        model.preferences = preferences
        _ = update(&model, .directory(path: "/home/jan/samples", .success(Fixture.entries)))
        return model
    }

    /// The columns of a file as they read in a wrong encoding, and in the right one.
    private func source(isText: Bool) -> SourceColumns {
        var source = Fixture.columns
        source.bytes = "b1"
        source.isText = isText
        source.guess = isText ? nil : .windows1252
        source.header = isText ? "right" : "wrong"
        if !isText { source.columns[0].title = "K\u{FFFD}ufer" } else { source.columns[0].title = "Käufer" }
        return source
    }

    @Test("a file that is not UTF-8 says so first, names the guess, and Enter offers it before the columns")
    func encodingFirst() {
        var model = model()
        _ = update(&model, .unmapped(path: path, source(isText: false)))
        let text = SendTests.text(view(model))
        #expect(text.contains("Not UTF-8 (Windows-1252?)"))
        _ = update(&model, .key(.enter))
        guard case .encoding(let encoding) = model.overlays.last else {
            Issue.record("no choice of encodings")
            return
        }
        #expect(encoding.selected?.name == "windows-1252", "the guess is selected")
        let reading = FileReading(encoding: "windows-1252")
        #expect(update(&model, .key(.enter)).suffix(2) == [.preview(path, reading), .dryRun(path, reading)])
        _ = update(&model, .unmapped(path: path, source(isText: true)))
        guard case .mapping = model.overlays.last else {
            Issue.record("the columns are not asked for")
            return
        }
    }

    @Test("whoever leaves the encoding as it is gets to the columns")
    func leavesEncoding() {
        var model = model()
        _ = update(&model, .unmapped(path: path, source(isText: false)))
        _ = update(&model, .key(.enter))
        _ = update(&model, .key(.home))
        for _ in 0..<20 { _ = update(&model, .key(.up)) }
        _ = update(&model, .key(.enter))
        guard case .mapping = model.overlays.last else {
            Issue.record("the columns are not asked for")
            return
        }
    }

    @Test("another encoding keeps the columns, by their places")
    func keepsColumns() {
        var model = model()
        _ = update(&model, .preview(path: path, .success(Fixture.preview)))
        let wrong = source(isText: false)
        model.send.readings[path] = FileReading(columns: wrong.mapping(chosen), places: chosen)
        _ = update(&model, .key(.character("E")))
        _ = update(&model, .key(.down))
        let waiting = FileReading(places: chosen, encoding: "windows-1252")
        #expect(update(&model, .key(.enter)) == [.cancelDryRun, .readTitles(path, waiting)])
        #expect(model.obstacle(to: .start) == "The columns are being read again")
        let right = source(isText: true)
        let reading = FileReading(columns: right.mapping(chosen), places: chosen, encoding: "windows-1252")
        #expect(
            update(&model, .titles(path: path, waiting, .success(right)))
                == [.preview(path, reading), .dryRun(path, reading)])
        #expect(reading.columns?[.name] == .title("Käufer"))
    }

    @Test("a question that was asked before the file was read is not about the encoding of last time")
    func askedEarly() {
        var preferences = Preferences()
        preferences.remember(KeptMapping(header: "", chosen: nil, bytes: "b1", encoding: "windows-1252"))
        var model = model(preferences)
        _ = update(&model, .key(.character("s")))
        #expect(model.overlays.count == 1)
        var preview = Fixture.preview
        preview.header = "b1"
        preview.notices = [Notice(.notText, count: 1, example: "Windows-1252")]
        let reading = FileReading(encoding: "windows-1252", isRemembered: true)
        #expect(update(&model, .preview(path: path, .success(preview))).contains(.dryRun(path, reading)))
        #expect(model.overlays.isEmpty)
        #expect(model.toasts.last?.text == "customers.csv is read differently now. Check the new numbers.")
        _ = update(&model, .key(.character("s")))
        let starts = update(&model, .key(.character("y"))).compactMap { effect -> FileReading? in
            if case .start(let request) = effect { request.reading } else { nil }
        }
        #expect(starts == [reading])
    }

    @Test("a question that was asked before the columns were known is not about those of last time, or about none")
    func askedBeforeColumns() {
        var preferences = Preferences()
        preferences.remember(KeptMapping(source(isText: true), chosen: chosen, encoding: nil))
        for kept in [preferences, Preferences()] {
            var model = model(kept)
            _ = update(&model, .key(.character("s")))
            _ = update(&model, .unmapped(path: path, source(isText: true)))
            #expect(model.overlays.isEmpty)
            #expect(model.toasts.count == 1)
            #expect(update(&model, .key(.character("y"))).isEmpty)
        }
    }

    @Test("the last choice for a header's bytes is taken again, with its encoding")
    func remembers() throws {
        var preferences = Preferences()
        let old: [KnownColumn: Int] = [.name: 1, .age: 2, .cookie: 5, .bannerID: 4]
        preferences.remember(KeptMapping(source(isText: false), chosen: old, encoding: nil))
        preferences.remember(KeptMapping(source(isText: true), chosen: chosen, encoding: "windows-1252"))
        #expect(preferences.mappings.count == 1)
        preferences = try JSONDecoder().decode(Preferences.self, from: JSONEncoder().encode(preferences))
        var model = model(preferences)
        let effects = update(&model, .unmapped(path: path, source(isText: false)))
        let waiting = FileReading(places: chosen, encoding: "windows-1252", isRemembered: true)
        #expect(effects == [.cancelDryRun, .readTitles(path, waiting)])
        _ = update(&model, .titles(path: path, waiting, .success(source(isText: true))))
        #expect(model.send.reading(of: path).columns == source(isText: true).mapping(chosen))
        _ = update(&model, .preview(path: path, .success(Fixture.preview)))
        #expect(SendTests.text(view(model)).contains("as last time"))
    }

    @Test("an encoding of last time is not taken for a file that is UTF-8")
    func onlyWhereNeeded() {
        var preferences = Preferences()
        preferences.remember(KeptMapping(source(isText: true), chosen: chosen, encoding: "windows-1252"))
        var model = model(preferences)
        _ = update(&model, .unmapped(path: path, source(isText: true)))
        #expect(model.send.reading(of: path).encoding == nil)
        #expect(model.send.reading(of: path).places == chosen)
    }

    @Test("an encoding is kept for a header that is understood, too")
    func understoodHeader() {
        var model = model()
        var preview = Fixture.preview
        preview.header = "b2"
        preview.notices = [Notice(.notText, count: 3, example: "the file looks like Windows-1252")]
        _ = update(&model, .preview(path: path, .success(preview)))
        _ = update(&model, .key(.character("E")))
        let effects = update(&model, .key(.enter))
        #expect(effects.contains(.savePreferences(model.preferences)))
        #expect(model.preferences.kept(bytes: "b2")?.encoding == "windows-1252")
        var other = self.model(model.preferences)
        let reading = FileReading(encoding: "windows-1252", isRemembered: true)
        #expect(
            update(&other, .preview(path: path, .success(preview))) == [
                .preview(path, reading), .dryRun(path, reading),
            ]
        )
    }

    @Test("mappings that the last version kept are still found")
    func oldPreferences() throws {
        let text = #"{"mappings": [{"header": "right", "columns": [1, 2, 3, 4]}]}"#
        let preferences = try JSONDecoder().decode(Preferences.self, from: Data(text.utf8))
        #expect(preferences.kept(for: source(isText: true))?.chosen == chosen)
    }

    @Test("a German file is known again by its header's bytes, whatever it is read as, and its encoding is guessed")
    func germanFile() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tui-\(UUID().uuidString).csv").path
        let text = "K\u{E4}ufer;Alter;Keks;Nr\nJ\u{F6}rg M\u{FC}ller;25;c1;15\nJana;41;c2;42\n"
        try #require(text.data(using: .isoLatin1)).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let inspector = SourceInspector.files(TerminalUIServices.Options())
        let wrong = try await inspector.columns(file, FileReading())
        let right = try await inspector.columns(file, FileReading(encoding: "windows-1252"))
        #expect(!wrong.isText && wrong.guess == .windows1252)
        #expect(right.isText && right.guess == nil)
        #expect(!wrong.bytes.isEmpty && wrong.bytes == right.bytes)
        #expect(wrong.header != right.header)
        let sample = try await inspector.sample(file, FileReading(encoding: "windows-1252"))
        #expect(sample.lines == ["Käufer", "Jörg Müller", "Jana"])
    }
}
