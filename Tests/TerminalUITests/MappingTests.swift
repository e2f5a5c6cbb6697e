import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Which column is which")
struct MappingTests {
    private let path = "/home/jan/samples/customers.csv"

    private func model(_ preferences: Preferences = Preferences()) -> Model {
        var model = Fixture.model()
        model.preferences = preferences
        _ = update(&model, .directory(path: "/home/jan/samples", .success(Fixture.entries)))
        return model
    }

    /// A model whose dialog is open, and what it asked for.
    private func opened() -> (Model, [Effect]) {
        var model = model()
        _ = update(&model, .unmapped(path: path, Fixture.columns))
        let effects = update(&model, .key(.enter))
        return (model, effects)
    }

    @Test("Enter on a file whose header isn't understood asks for its columns, with likely ones filled in")
    func opens() {
        let (model, effects) = opened()
        guard case .mapping(let mapping) = model.overlays.last else {
            Issue.record("no dialog")
            return
        }
        #expect(mapping.chosen == [.name: 1, .age: 2, .cookie: 3])
        #expect(mapping.focus == .bannerID)
        #expect(effects == [.cancelMappingCount])
        #expect(mapping.cursor.row == 3, "the first free column whose values could be banners")
    }

    @Test("choosing the last column counts the file, and using it reads the file that way")
    func uses() throws {
        var (model, _) = opened()
        let effects = update(&model, .key(.enter))
        var wanted = ColumnMapping()
        wanted[.name] = .title("Kunde")
        wanted[.age] = .title("Alter")
        wanted[.cookie] = .title("Cookie-ID")
        wanted[.bannerID] = .title("Nr")
        let places: [KnownColumn: Int] = [.name: 1, .age: 2, .cookie: 3, .bannerID: 4]
        let reading = FileReading(columns: wanted, places: places)
        #expect(effects == [.countMapping(path, reading)])
        _ = update(&model, .mappingCounted(path: path, reading, .success(Fixture.report)))
        let used = update(&model, .key(.enter))
        #expect(model.overlays.isEmpty)
        #expect(used.suffix(2) == [.preview(path, reading), .dryRun(path, reading)])
        _ = update(&model, .preview(path: path, .success(Fixture.preview)))
        _ = update(&model, .key(.character("s")))
        let start = update(&model, .key(.character("y"))).last
        guard case .start(let request) = start else {
            Issue.record("nothing was started")
            return
        }
        #expect(request.reading == reading)
        let options = request.reading.applied(to: ReaderOptions(allowsShortRows: true))
        #expect(options.columns == wanted)
        #expect(options.allowsShortRows)
    }

    @Test("choosing columns keeps the rule for names that was chosen before, and counts by it")
    func keepsNames() {
        var (model, _) = opened()
        model.send.readings[path] = FileReading(nameFormat: .any)
        let effects = update(&model, .key(.enter))
        guard case .countMapping(_, let reading) = effects.last else {
            Issue.record("\(effects)")
            return
        }
        #expect(reading.nameFormat == .any)
        #expect(model.rules(of: path).nameFormat == .any)
        _ = update(&model, .mappingCounted(path: path, reading, .success(Fixture.report)))
        #expect(update(&model, .key(.enter)).suffix(2) == [.preview(path, reading), .dryRun(path, reading)])
        #expect(model.send.readings[path]?.nameFormat == .any)
    }

    @Test("a column that is chosen twice leaves the field that had it")
    func once() {
        var mapping = MappingModel(path: path, source: Fixture.columns, chosen: [.name: 1])
        mapping.choose(1, for: .cookie)
        #expect(mapping.chosen == [.cookie: 1])
        #expect(mapping.mapping == nil)
    }

    @Test("files with a header that was mapped before are read the same way, and others are not")
    func remembered() throws {
        let chosen: [KnownColumn: Int] = [.name: 1, .age: 2, .cookie: 3, .bannerID: 4]
        var preferences = Preferences()
        preferences.remember(KeptMapping(header: Fixture.columns.header, chosen: chosen))
        // As it is read from the file of preferences.
        preferences = try JSONDecoder().decode(Preferences.self, from: JSONEncoder().encode(preferences))
        var model = model(preferences)
        let effects = update(&model, .unmapped(path: path, Fixture.columns))
        guard case .preview(path, let reading) = effects.first else {
            Issue.record("it is not read again")
            return
        }
        #expect(reading.isRemembered)
        #expect(reading.columns == Fixture.columns.mapping(chosen))
        // Where that doesn't help, it is asked instead of tried forever.
        #expect(update(&model, .unmapped(path: path, Fixture.columns)) == [.cancelDryRun])
        var other = self.model(preferences)
        var columns = Fixture.columns
        columns.header = "another"
        #expect(update(&other, .unmapped(path: path, columns)) == [.cancelDryRun])
    }

    @Test("nothing that stands in a file is kept")
    func noPersonalData() throws {
        var (model, _) = opened()
        _ = update(&model, .key(.enter))
        _ = update(&model, .key(.enter))
        let text = String(decoding: try JSONEncoder().encode(model.preferences), as: UTF8.self)
        #expect(model.preferences.mappings.count == 1)
        for column in Fixture.columns.columns {
            #expect(!text.contains(column.title))
            for sample in column.samples where sample.count > 3 { #expect(!text.contains(sample)) }
        }
    }

    @Test("without a header the columns are numbers, and the choice is not kept")
    func withoutHeader() {
        var source = Fixture.columns
        source.columns = source.columns.map { column in
            SourceInspection.Column(number: column.number, title: column.samples[0], samples: column.samples)
        }
        let chosen: [KnownColumn: Int] = [.name: 1, .age: 2, .cookie: 3, .bannerID: 4]
        #expect(source.beginsWithRecord(chosen))
        let mapping = source.mapping(chosen)
        #expect(KnownColumn.allCases.allSatisfy { mapping[$0] == .number(chosen[$0] ?? 0) })
        var model = model()
        _ = update(&model, .unmapped(path: path, source))
        _ = update(&model, .key(.enter))
        guard case .mapping(var dialog) = model.overlays.last else { return }
        dialog.chosen = chosen
        dialog.focus = nil
        model.overlays = [.mapping(dialog)]
        _ = update(&model, .key(.enter))
        #expect(model.overlays.isEmpty)
        #expect(model.preferences.mappings.isEmpty)
    }

    @Test("an encoding is chosen by what the file reads like")
    func encoding() {
        var model = Fixture.send()
        #expect(update(&model, .key(.character("E"))) == [.sampleEncoding(path, nil, FileReading())])
        #expect(update(&model, .key(.down)) == [.sampleEncoding(path, "windows-1252", FileReading())])
        let sample = EncodingSample(lines: ["Jörg Müller"], isTelling: true)
        _ = update(&model, .encodingSampled(path: path, "windows-1252", .success(sample)))
        let reading = FileReading(encoding: "windows-1252")
        #expect(update(&model, .key(.enter)) == [.preview(path, reading), .dryRun(path, reading)])
        #expect(reading.applied(to: ReaderOptions()).encoding == "windows-1252")
    }

    @Test("a German file in Windows-1252 below a title is read as its author meant it")
    func german() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tui-\(UUID().uuidString).csv").path
        let text =
            "Export vom 3. November\n\nName;Alter;Cookie-ID;Banner;Ort\nJ\u{F6}rg;25;c1;15;Wien\nJana;41;c2;42;Graz\n"
        try #require(text.data(using: .isoLatin1)).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let inspector = SourceInspector.files(TerminalUIServices.Options())
        var reading = FileReading(encoding: "windows-1252")
        let unmapped = await #expect(throws: UnmappedSource.self) { _ = try await inspector.preview(file, reading) }
        let source = try #require(unmapped).source
        #expect(source.columns.map(\.title) == ["Name", "Alter", "Cookie-ID", "Banner", "Ort"])
        #expect(source.suggestion == [.name: 1, .age: 2, .cookie: 3, .bannerID: 4])
        reading.columns = source.mapping(source.suggestion)
        let preview = try await inspector.preview(file, reading)
        #expect(preview.records.map(\.fields.name) == ["Jörg", "Jana"])
        #expect(preview.records.map(\.fields.bannerID) == ["15", "42"])
        let sample = try await inspector.sample(file, reading)
        #expect(sample.lines.first == "Jörg")
    }
}
