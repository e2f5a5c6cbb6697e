import CustomerRecords
import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("What helps with columns")
struct MappingHelpTests {
    private let path = "/home/jan/samples/customers.csv"

    private func opened(_ source: SourceColumns = Fixture.columns) -> Model {
        var model = Fixture.model()
        _ = update(&model, .directory(path: "/home/jan/samples", .success(Fixture.entries)))
        _ = update(&model, .unmapped(path: path, source))
        _ = update(&model, .key(.enter))
        return model
    }

    private func mapping(_ model: Model) throws -> MappingModel {
        let mapping = model.overlays.lazy.compactMap { if case .mapping(let mapping) = $0 { mapping } else { nil } }
        return try #require(mapping.first)
    }

    @Test("among columns of words, that of two words each is the name's")
    func bestName() throws {
        var source = Fixture.columns
        let titles = ["Ort", "Anrede", "Kontakt"]
        let samples = [["Wien", "Graz", "Linz"], ["Frau", "Herr", "Herr"], ["Jana Malá", "Tom Smith", "Jan Novák"]]
        source.columns = zip(titles, samples).enumerated().map { index, column in
            SourceInspection.Column(number: index + 1, title: column.0, samples: column.1)
        }
        let mapping = MappingModel(path: path, source: source, chosen: [:])
        #expect(mapping.bestColumn(for: .name, rules: RecordRules()) == 3)
    }

    @Test("the rule that values break is said")
    func rule() throws {
        var model = opened()
        for _ in 0..<3 { _ = update(&model, .key(.backTab)) }
        #expect(try mapping(model).focus == .name)
        _ = update(&model, .key(.down))
        model.size = Size(width: 132, height: 43)
        #expect(Golden.text(view(model)).contains("✗ 3 of 3 don't fit: letters and spaces"))
    }

    @Test("help covers the dialog, names its keys, and gives it back with what was counted meanwhile")
    func help() throws {
        var model = opened()
        let counting = update(&model, .key(.enter))
        guard case .countMapping(path, let reading)? = counting.first else {
            Issue.record("nothing is counted")
            return
        }
        _ = update(&model, .key(.character("?")))
        #expect(Golden.text(view(model)).contains("Clear the field's column"))
        _ = update(&model, .mappingCounted(path: path, reading, .success(Fixture.report)))
        _ = update(&model, .key(.escape))
        #expect(model.overlays.count == 1)
        #expect(try mapping(model).report == Fixture.report)
    }

    @Test("the footer says what Enter and Esc do now")
    func footer() {
        var model = opened()
        func last() -> Substring { Golden.text(view(model)).split(separator: "\n").last { $0.contains("Esc") } ?? "" }
        #expect(last().contains("Enter Choose"))
        _ = update(&model, .key(.enter))
        #expect(last().contains("Enter Apply"))
        _ = update(&model, .key(.escape))
        #expect(last().contains("Esc Discard"))
    }

    @Test("a choice that lets no record pass is used, and not kept for other files")
    func useless() {
        var model = opened()
        let counting = update(&model, .key(.enter))
        guard case .countMapping(path, let reading)? = counting.first else {
            Issue.record("nothing is counted")
            return
        }
        let report = DryRunReport(bytesRead: 9, bytesTotal: 9, isFinished: true, rejections: [.age: 3])
        _ = update(&model, .mappingCounted(path: path, reading, .success(report)))
        _ = update(&model, .key(.enter))
        #expect(model.send.readings[path] == reading)
        #expect(model.preferences.mappings.isEmpty)
    }

    @Test("why a file has nothing to send is said")
    func nothing() {
        var report = DryRunReport(isFinished: true, rejections: [.age: 3000])
        #expect(
            report.nothingToSend(AgeFilter())
                == "No record would be sent: all rejected, all for their age")
        report.ages[12] = 4
        #expect(
            report.nothingToSend(AgeFilter(minimum: 18))
                == "No record would be sent: 3,000 rejected, all for their age; 4 outside the age range")
        #expect(report.nothingToSend(AgeFilter(minimum: 0)) == nil)
        report.rejections = [:]
        #expect(
            report.nothingToSend(AgeFilter(minimum: 18))
                == "No record would be sent: all outside the age range")
        #expect(DryRunReport(isFinished: true).nothingToSend(AgeFilter()) == "The file has no records")
    }

    @Test(
        "what is malformed is said where there is no room for the message",
        arguments: [
            ("3 fields, 4 needed", "3 fields"), ("1 field, 4 needed", "1 field"),
            ("closing quote is missing", "open quote"), ("NUL in column 2", "NUL"), ("longer than 64 KiB", "too long"),
            ("byte 0xE9 in column 4 is not UTF-8; see", "not UTF-8"), ("else", "malformed"),
        ])
    func short(_ message: String, _ words: String) {
        #expect(FailureText.reason(.malformed, message) == words)
    }
}
