import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("History, listener and log")
struct HistoryTests {
    @Test("interrupted runs are offered once at the start, and not again when they were declined")
    func offer() {
        var model = Fixture.model()
        model.hasOfferedResume = false
        _ = update(&model, .history(.success(Fixture.summaries), before: nil))
        #expect(model.overlays.count == 1)
        #expect(update(&model, .key(.enter)) == [.savePreferences(model.preferences)])
        #expect(model.preferences.declinedRuns == [RunID(rawValue: 29)])
        model.hasOfferedResume = false
        _ = update(&model, .history(.success(Fixture.summaries), before: nil))
        #expect(model.overlays.isEmpty)
    }

    @Test("accepting the offer resumes the runs and shows them")
    func resume() {
        var model = Fixture.model()
        model.hasOfferedResume = false
        _ = update(&model, .history(.success(Fixture.summaries), before: nil))
        #expect(update(&model, .key(.character("y"))).contains(.resume(RunID(rawValue: 29))))
        #expect(model.screen == .run)
    }

    @Test("a finished run can't be resumed and says so")
    func finished() {
        var model = Fixture.history()
        #expect(update(&model, .key(.character("c"))).isEmpty)
        #expect(model.toasts.last?.text == "Nothing left to resume")
    }

    @Test("Enter opens a run of the past, and Esc leads back")
    func open() {
        var model = Fixture.history()
        _ = update(&model, .key(.down))
        let effects = update(&model, .key(.enter))
        #expect(effects.contains(.loadSummary(RunID(rawValue: 29))))
        #expect(model.screen == .run)
        #expect(model.shownRun?.id == RunID(rawValue: 29))
        #expect(model.failures.query.run == RunID(rawValue: 29))
        _ = update(&model, .key(.escape))
        #expect(model.screen == .history)
    }

    @Test("older runs are asked for when the cursor comes near the end")
    func older() {
        var model = Fixture.history()
        model.history.hasMore = true
        let effects = update(&model, .key(.character("G")))
        #expect(effects == [.loadHistory(before: RunID(rawValue: 1))])
        #expect(update(&model, .key(.up)).isEmpty, "it was asked for already")
    }

    @Test("the listener is switched and can't be switched twice at once")
    func listener() {
        var model = Fixture.listener()
        #expect(update(&model, .key(.character("s"))).isEmpty, "it asks first")
        #expect(update(&model, .key(.character("y"))) == [.stopListener])
        #expect(update(&model, .key(.character("s"))).isEmpty)
        _ = update(&model, .listenerSwitched(.success(false)))
        #expect(!model.listener.isBusy)
    }

    @Test("the log follows its end until one moves up, and again from the end on")
    func follow() {
        var model = Fixture.log()
        #expect(model.log.cursor.row == 39)
        _ = update(&model, .key(.up))
        #expect(!model.log.follows)
        _ = update(&model, .log([LogLine(number: 41, time: Fixture.now, level: .info, text: "new")]))
        #expect(model.log.cursor.row == 38)
        _ = update(&model, .key(.character("G")))
        #expect(model.log.follows)
    }

    @Test("levels hide what is below them, and n walks through the matches around the end")
    func levels() {
        var model = Fixture.log()
        for _ in 0..<3 { _ = update(&model, .key(.character("f"))) }
        #expect(model.log.level == .error)
        #expect(model.log.shown.map(\.number) == [13, 26, 39])
        for key in [Key.character("/"), .character("1"), .character("3"), .character(" "), .enter] {
            _ = update(&model, .key(key))
        }
        #expect(model.log.shown[model.log.cursor.row].number == 13)
        _ = update(&model, .key(.character("n")))
        #expect(model.log.shown[model.log.cursor.row].number == 13)
    }
}
