import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("More runs than the history loads at once")
struct HistoryPagingTests {
    /// Runs 1 to `count`, newest first, of `customers-N.csv` each; run 1 is `first.csv`.
    private static func runs(_ count: Int) -> [RunSummary] {
        (1...count).reversed().map { number in
            RunSummary(
                id: RunID(rawValue: Int64(number)),
                source: .file(path: number == 1 ? "/data/first.csv" : "/data/customers-\(number).csv"), state: .done,
                seconds: 1, startedAt: Fixture.now.addingTimeInterval(Double(number - count) * 60))
        }
    }

    /// Answers what is asked of the journal until nothing more is.
    /// - Returns: how many questions there were.
    @discardableResult
    private static func answer(_ effects: [Effect], _ model: inout Model, _ runs: [RunSummary]) -> Int {
        var asked = 0
        var effects = effects
        while let (before, limit) = effects.lazy.compactMap(\.historyPage).first {
            asked += 1
            let rows = runs.filter { run in before.map { run.id < $0 } ?? true }.prefix(limit)
            effects = update(&model, .history(.success(Array(rows)), before: before, limit: limit))
        }
        return asked
    }

    private static func model(_ count: Int = 231) -> Model {
        var model = Fixture.model(.history)
        answer([.loadHistory(before: nil)], &model, runs(count))
        return model
    }

    private static func text(_ model: Model) -> String { SendTests.text(view(model)) }

    @Test("the title says that older runs are not listed")
    func title() {
        var model = Self.model()
        #expect(Self.text(model).contains("200 newest runs"))
        Self.answer(update(&model, .key(.character("G"))), &model, Self.runs(231))
        #expect(Self.text(model).contains("231 runs"))
    }

    @Test("G goes to the oldest run, however many pages away it is")
    func end() {
        var model = Self.model(1000)
        let asked = Self.answer(update(&model, .key(.character("G"))), &model, Self.runs(1000))
        #expect(asked == 5, "four pages, and one that is empty")
        #expect(model.selectedHistoryRun?.id == RunID(rawValue: 1))
    }

    @Test("whoever moves on while the oldest run is looked for stays there")
    func moved() {
        var model = Self.model(1000)
        _ = update(&model, .key(.character("G")))
        _ = update(&model, .key(.character("g")))
        let page = Array(Self.runs(1000)[200..<400])
        #expect(update(&model, .history(.success(page), before: RunID(rawValue: 801))).isEmpty)
        #expect(model.history.cursor.row == 0)
    }

    @Test("a filter finds runs that are not loaded yet, and says how far it has looked meanwhile")
    func filter() {
        var model = Self.model()
        _ = update(&model, .key(.character("/")))
        var effects: [Effect] = []
        for character in "first" { effects += update(&model, .key(.character(character))) }
        #expect(effects == [.loadHistory(before: RunID(rawValue: 32))])
        #expect(Self.text(model).contains("0 of the 200 newest runs · reading…"))
        #expect(Self.text(model).contains("Searching older runs…"))
        Self.answer(effects, &model, Self.runs(231))
        #expect(model.selectedHistoryRun?.id == RunID(rawValue: 1))
        #expect(Self.text(model).contains("1 run"))
    }

    @Test("a filter that fills the screen loads no more than that takes")
    func enough() {
        var model = Self.model(1000)
        _ = update(&model, .key(.character("/")))
        var effects: [Effect] = []
        for character in "customers" { effects += update(&model, .key(.character(character))) }
        #expect(effects.isEmpty)
        #expect(Self.text(model).contains("200 of the 200 newest runs"))
    }

    @Test("Esc clears a filter and leaves the cursor on the run that was found")
    func cleared() {
        var model = Self.model()
        for key in [Key.character("/"), .character("4"), .character("4"), .enter, .escape] {
            Self.answer(update(&model, .key(key)), &model, Self.runs(231))
        }
        #expect(model.history.filter.isEmpty)
        #expect(model.selectedHistoryRun?.source == .file(path: "/data/customers-144.csv"))
    }

    @Test("whoever comes back finds what was loaded, and the cursor on the same run")
    func back() {
        var model = Self.model()
        Self.answer(update(&model, .key(.character("G"))), &model, Self.runs(231))
        _ = update(&model, .key(.enter))
        #expect(model.screen == .run)
        Self.answer(update(&model, .key(.escape)), &model, Self.runs(233))
        #expect(model.history.runs.count == 233)
        #expect(model.selectedHistoryRun?.id == RunID(rawValue: 1))
    }

    @Test("a run that newer ones have pushed out of the first page is loaded again")
    func pushedOut() {
        var model = Self.model(231)
        for _ in 0..<40 { _ = update(&model, .key(.down)) }
        #expect(model.selectedHistoryRun?.id == RunID(rawValue: 191))
        Self.answer([model.reloadHistory()], &model, Self.runs(500))
        #expect(model.selectedHistoryRun?.id == RunID(rawValue: 191))
    }

    @Test("a page that belongs to another list is dropped")
    func foreign() {
        var model = Self.model(1000)
        let page = Array(Self.runs(1000)[400..<600])
        _ = update(&model, .history(.success(page), before: RunID(rawValue: 601)))
        #expect(model.history.runs.count == 200)
    }

    @Test("a page that can't be read is said, and asked for again with the next key")
    func failed() {
        var model = Self.model(1000)
        _ = update(&model, .key(.character("G")))
        let failure = DeliveryError(.journal, "The journal is busy")
        #expect(update(&model, .history(.failure(failure), before: RunID(rawValue: 801))).isEmpty)
        #expect(model.toasts.last?.text == "The journal is busy")
        #expect(update(&model, .key(.character("G"))) == [.loadHistory(before: RunID(rawValue: 801))])
    }
}

extension Effect {
    fileprivate var historyPage: (before: RunID?, limit: Int)? {
        if case .loadHistory(let before, let limit) = self { (before, limit) } else { nil }
    }
}
