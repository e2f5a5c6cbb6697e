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

    @Test("c resumes a paused run here, where p is not its key")
    func paused() {
        var model = Fixture.history()
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .paused)])))
        _ = update(&model, .key(.character("g")))
        #expect(update(&model, .key(.character("c"))).isEmpty, "it asks first")
        #expect(SendTests.text(view(model)).contains("Resume run 42?"))
        #expect(update(&model, .key(.character("y"))).contains(.resume(RunID(rawValue: 42))))
        _ = update(&model, .key(.character("c")))
        #expect(model.screen == .run && model.toasts.last?.text == "Paused: press p to resume")
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

    @Test("a run that begins leaves the cursor on its run, and keys act on that one", arguments: [0, 1])
    func begun(row: Int) {
        var model = Fixture.history()
        for _ in 0..<row { _ = update(&model, .key(.down)) }
        let selected = model.selectedHistoryRun?.id
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .running)])))
        #expect(model.selectedHistoryRun?.id == selected)
        #expect(model.history.shown(live: model.engine.runs).count == 31)
        _ = update(&model, .key(.enter))
        #expect(model.shownRun?.id == selected)
    }

    @Test("a run that begins while the screen is frozen leaves the cursor on its run, too")
    func begunFrozen() {
        var model = Fixture.history()
        _ = update(&model, .key(.character("Z")))
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .running)])))
        #expect(model.history.cursor.row == 0)
        _ = update(&model, .key(.character("Z")))
        #expect(model.selectedHistoryRun?.id == RunID(rawValue: 30))
    }

    @Test("submissions that arrive leave the cursor on its submission")
    func arrived() {
        var model = Fixture.listener()
        for _ in 0..<3 { _ = update(&model, .key(.down)) }
        let selected = model.selectedSubmission
        var snapshot = Fixture.listenerSnapshot
        let newest = (1...30).reversed().map { number in
            ListenerSubmission(
                time: Fixture.now.addingTimeInterval(Double(number)), method: "POST", path: "/send_record",
                status: 202, run: RunID(rawValue: 43), client: "127.0.0.1")
        }
        snapshot.submissions = newest + snapshot.submissions
        _ = update(&model, .listener(snapshot))
        #expect(model.selectedSubmission == selected)
        let cursor = model.listener.cursor
        #expect((cursor.top..<cursor.top + model.page(of: .listener)).contains(cursor.row))
    }

    @Test("requests that have no row are counted in the last one")
    func moreRequests() {
        var model = Fixture.listener()
        var snapshot = Fixture.listenerSnapshot
        snapshot.requests = (1...9).map { ListenerSnapshot.RouteCount(path: "/runs/\($0)", status: 200, count: $0) }
        _ = update(&model, .listener(snapshot))
        let shown = SendTests.text(view(model))
        let rows = (1...9).count { shown.contains("/runs/\($0)") }
        #expect(rows < 9 && shown.contains("and \(9 - rows) more"))
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
