import CustomerRecords
import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Clicks and doubts in the mapping dialog")
struct MappingClickTests {
    private let path = "/home/jan/samples/customers.csv"

    private func opened() -> Model {
        var model = Fixture.model()
        _ = update(&model, .directory(path: "/home/jan/samples", .success(Fixture.entries)))
        _ = update(&model, .unmapped(path: path, Fixture.columns))
        _ = update(&model, .key(.enter))
        return model
    }

    private func mapping(_ model: Model) -> MappingModel? {
        if case .mapping(let mapping) = model.overlays.last { mapping } else { nil }
    }

    private func clickColumn(_ number: Int, _ model: inout Model) {
        _ = update(&model, .click(.overlayRow(MappingLayout.firstColumn + number - 1)))
    }

    @Test("a double-click chooses once, and a click without an active field chooses nothing")
    func doubleClick() {
        var model = opened()
        clickColumn(4, &model)
        #expect(mapping(model)?.chosen == [.name: 1, .age: 2, .cookie: 3, .bannerID: 4])
        clickColumn(4, &model)
        clickColumn(5, &model)
        #expect(mapping(model)?.chosen == [.name: 1, .age: 2, .cookie: 3, .bannerID: 4])
        #expect(mapping(model)?.focus == nil)
        clickColumn(3, &model)
        #expect(mapping(model)?.focus == .cookie, "the field that has the column gets the focus")
        clickColumn(5, &model)
        #expect(mapping(model)?.chosen[.cookie] == 5)
    }

    @Test("Esc asks before it discards a choice, and not where nothing was chosen")
    func discards() {
        var model = opened()
        _ = update(&model, .key(.escape))
        #expect(model.overlays.isEmpty)
        model = opened()
        _ = update(&model, .key(.enter))
        _ = update(&model, .key(.escape))
        #expect(SendTests.text(view(model)).contains("Esc again discards them"))
        _ = update(&model, .key(.tab))
        _ = update(&model, .key(.escape))
        #expect(mapping(model) != nil, "another key takes it back")
        _ = update(&model, .key(.escape))
        #expect(model.overlays.isEmpty)
    }

    private func column(_ number: Int, _ title: String, _ samples: [String]) -> SourceInspection.Column {
        SourceInspection.Column(number: number, title: title, samples: samples)
    }

    @Test("among columns that could be cookies the cursor goes to the one of many different and long values")
    func bestCookie() {
        let source = SourceColumns(
            columns: [
                column(1, "Bestelldatum", ["24.11.2026", "25.11.2026", "26.11.2026"]),
                column(2, "Kundennummer", ["100000", "100001", "100002"]),
                column(3, "Land", ["AT", "AT", "DE"]),
                column(4, "q1", ["8f7d3a2e9c", "1a2b3c4d5e", "77aa88bb99"]),
            ], header: "h")
        let mapping = MappingModel(path: path, source: source, chosen: [:])
        #expect(mapping.bestColumn(for: .cookie, rules: RecordRules()) == 4)
    }

    @Test("dates, short numbers and values that repeat are hardly cookies")
    func doubts() {
        #expect(CookieDoubt(["2026-11-24", "2026-11-25 10:00", "2026-11-26"]) == .dates)
        #expect(CookieDoubt(["100000", "100001", "100007"]) == .numbers)
        #expect(CookieDoubt(["a", "a", "a", "b", "b", "b"]) == .repeats)
        #expect(CookieDoubt(["26555324-53df-4eb1-8835-e6c0078bb2c0", "c-2", "c-3"]) == nil)
        #expect(CookieDoubt(["1", "2"]) == nil)
    }
}
