import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The table of bindings")
struct BindingTests {
    @Test("no key means two things on one screen", arguments: Screen.allCases)
    func unambiguous(_ screen: Screen) {
        var seen: [Key: Action] = [:]
        for binding in Bindings.all where binding.screens.contains(screen) {
            for key in binding.keys { #expect(seen.updateValue(binding.action, forKey: key) == nil, "\(key.name)") }
        }
        var general: [Key: Action] = [:]
        for binding in Bindings.all where binding.screens.isEmpty {
            for key in binding.keys { #expect(general.updateValue(binding.action, forKey: key) == nil, "\(key.name)") }
        }
    }

    @Test("every action has a key, a label and a sentence for help")
    func complete() {
        for action in Action.allCases {
            let bindings = Bindings.all.filter { $0.action == action }
            #expect(!bindings.isEmpty, "\(action)")
            #expect(bindings.allSatisfy { !$0.keys.isEmpty && !$0.label.isEmpty && !$0.help.isEmpty }, "\(action)")
        }
    }

    @Test("every key of every screen does something, or says why it can't")
    func everyKeyActs() {
        for screen in Screen.allCases {
            for binding in Bindings.all where binding.applies(to: screen) {
                var model = Self.model(screen)
                let before = view(model)
                let obstacle = model.obstacle(to: binding.action)
                let effects = update(&model, .key(binding.keys[0]))
                let isAtRest = Self.mayRest.contains(binding.action)
                #expect(
                    isAtRest || !effects.isEmpty || view(model).cells != before.cells,
                    "\(binding.keys[0].name) on \(screen)")
                if let obstacle { #expect(model.toasts.last?.text == obstacle) }
            }
        }
    }

    /// Movement that is at its end already, and a way back where there is none.
    private static let mayRest: Set<Action> = [
        .up, .top, .left, .right, .down, .bottom, .pageUp, .pageDown, .back, .goSend, .goRun, .goFailures, .goHistory,
        .goListener, .goLog, .goNodes, .open,
    ]

    private static func model(_ screen: Screen) -> Model {
        switch screen {
        case .send: Fixture.send()
        case .run: Fixture.run(runs: 2)
        case .failures: Fixture.failures()
        case .history: Fixture.history()
        case .listener: Fixture.listener()
        case .log: Fixture.log()
        case .nodes: Fixture.nodes()
        }
    }

    @Test("help and palette hold every action")
    func everythingIsFound() {
        var model = Fixture.send()
        model.setup.hasNodes = true
        let found = Set(PaletteEntries.matching("", in: model).map(\.binding.action))
        let movement: Set<Action> = [
            .up, .down, .left, .right, .pageUp, .pageDown, .top, .bottom, .back, .palette,
        ]
        #expect(found.union(movement) == Set(Action.allCases))
    }

    @Test("the manual's table has a row for every binding")
    func manual() {
        let rows = KeyTable.markdown.split(separator: "\n")
        #expect(rows.count == Bindings.all.count + 2)
        #expect(rows.contains("| `Space` | Failures | Mark or unmark the record |"))
    }

    @Test("the palette finds by the beginning, by a part and by letters in their order")
    func fuzzy() {
        let model = Fixture.failures()
        func best(_ text: String) -> Action? { PaletteEntries.matching(text, in: model).first?.binding.action }
        #expect(best("retry") == .retry)
        #expect(best("run") == .goRun)
        #expect(best("exp") == .export)
        #expect(best("rtal") == .retryAll)
        #expect(best("conc") == .moreRequests)
        #expect(best("stop run") == .stop)
        #expect(best("cancel run") == .stop)
        #expect(best("clipboard") == .copy)
        #expect(best("deselect") == .unmarkAll)
        #expect(best("severity") == .level)
        #expect(best("production") == .profiles)
        #expect(PaletteEntries.matching("zzzz", in: model).isEmpty)
    }

    @Test("an action of another screen goes there first")
    func paletteTravels() {
        var unseen = Fixture.failures()
        _ = update(&unseen, .key(.character("1")))
        unseen.overlays = [.palette(PaletteModel(field: TextField("dismiss")))]
        let effects = update(&unseen, .key(.enter))
        #expect(unseen.screen == .failures && unseen.toasts.last?.text.contains("then press d") == true)
        #expect(!effects.contains { if case .dismiss = $0 { true } else { false } }, "nobody saw which one")
        var model = Fixture.failures()
        model.overlays = [.palette(PaletteModel(field: TextField("dry run")))]
        _ = update(&model, .key(.enter))
        #expect(model.screen == .send)
    }
}
