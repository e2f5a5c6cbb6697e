import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The Run screen")
struct RunTests {
    private let run = RunID(rawValue: 42)

    @Test("p pauses a run and resumes it")
    func pause() {
        var model = Fixture.run()
        #expect(update(&model, .key(.character("p"))) == [.pause(run)])
        model = Fixture.run(.paused)
        #expect(update(&model, .key(.character("p"))) == [.unpause(run)])
        model = Fixture.run(.done)
        #expect(update(&model, .key(.character("p"))).isEmpty)
        #expect(model.toasts.last?.text == "This run has ended")
    }

    @Test("events are scrolled by rows and pages, and the last one stands in the last row")
    func events() {
        var model = Fixture.run()
        var snapshot = Fixture.snapshot(42, .running)
        snapshot.events = (0..<RunSnapshot.maximumEvents).map {
            RunEvent(time: Fixture.now, severity: .info, text: "event \($0).")
        }
        _ = update(&model, .engine(Fixture.engine([snapshot], generation: 5)))
        func shown() -> [Int] {
            SendTests.text(view(model)).matches(of: /event (\d+)\./).compactMap { Int($0.1) }
        }
        let page = shown().count
        #expect(page > 1 && shown() == Array(0..<page))
        #expect(SendTests.text(view(model)).contains("newest 200"))
        _ = update(&model, .key(.down))
        #expect(shown() == Array(1...page))
        _ = update(&model, .key(.pageDown))
        #expect(shown().first == page)
        _ = update(&model, .key(.character("G")))
        #expect(shown() == Array((200 - page)..<200))
        _ = update(&model, .key(.up))
        #expect(shown().first == 199 - page)
    }

    @Test("stopping asks whether the requests in flight may finish", arguments: [StopMode.finishInFlight, .now])
    func stop(_ mode: StopMode) {
        var model = Fixture.run()
        #expect(update(&model, .key(.character("x"))).isEmpty)
        #expect(update(&model, .key(.character(mode == .now ? "n" : "f"))) == [.stop(run, mode)])
        #expect(model.overlays.isEmpty)
    }

    @Test("stopping and quitting say what is in flight, in the numbers of now")
    func stake() {
        var model = Fixture.run()
        for key in ["x", "q"] {
            _ = update(&model, .key(.character(Character(key))))
            var snapshot = Fixture.snapshot(42, .running)
            snapshot.inFlight = 2
            var engine = Fixture.engine([snapshot], generation: 5)
            engine.requestsInFlight = (1...2).map {
                RequestInFlight(id: $0, run: run, batch: $0, records: 1000, attempt: 1, started: Fixture.now)
            }
            _ = update(&model, .engine(engine))
            let text = SendTests.text(view(model))
            #expect(text.contains("2 requests in flight (2,000 records)"))
            #expect(text.contains("resuming may send these records again"))
            _ = update(&model, .key(.escape))
        }
    }

    @Test("a run that was told to stop says so, shows no time left, and can't be paused or stopped again")
    func stopping() {
        var failed = Fixture.run()
        _ = failed.carryOut(.stop(RunID(rawValue: 42), .now))
        _ = update(&failed, .notStopped(RunID(rawValue: 42), DeliveryError(.locked, "connection refused")))
        #expect(failed.run.stopping.isEmpty && failed.obstacle(to: .stop) == nil, "it continues")
        var model = Fixture.run()
        for key in ["x", "f"] { _ = update(&model, .key(.character(Character(key)))) }
        let text = SendTests.text(view(model))
        #expect(text.contains("STOPPING") && text.contains("waiting for 6 requests in flight"))
        #expect(!text.contains(" left"))
        #expect(model.obstacle(to: .pause) == "This run is stopping")
        #expect(model.obstacle(to: .stop) == "This run is stopping")
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .stopped(reason: "stopped by you"))])))
        #expect(SendTests.text(view(model)).contains("STOPPED"))
    }

    @Test("success is green only when every valid record was delivered")
    func verdicts() {
        func summary(
            sent: Int, failed: Int, recovered: Int = 0, dismissed: Int = 0, twice: Int = 0, rejected: Int = 0
        ) -> RunSummary {
            var summary = RunSummary(
                id: run, source: .standardInput, state: .done,
                counts: RunCounts(rejected: rejected, sent: sent, failed: failed), recovered: recovered,
                undelivered: max(0, failed - recovered - dismissed), recordsInDoubt: twice, startedAt: Fixture.now)
            summary.dismissed = dismissed
            return summary
        }
        #expect(RunText.ink(summary(sent: 10, failed: 0)) == .good)
        #expect(RunText.ink(summary(sent: 10, failed: 3)) == .warning)
        #expect(RunText.badge(summary(sent: 10, failed: 620_000)) == "DONE, 620,000 NOT DELIVERED")
        #expect(RunText.ink(summary(sent: 10, failed: 3, recovered: 3)) == .good)
        #expect(RunText.ink(summary(sent: 10, failed: 3, dismissed: 3)) == .warning, "nobody got them")
        #expect(RunText.badge(summary(sent: 20, failed: 5, recovered: 10, dismissed: 5, rejected: 30)) == "DONE")
        #expect(summary(sent: 20, failed: 5, recovered: 10, dismissed: 5, rejected: 15).openRejected == 5)
        // Rejected records that were edited and delivered aren't rejected anymore.
        #expect(RunText.badge(summary(sent: 20, failed: 0, recovered: 30, rejected: 30)) == "DONE")
        #expect(RunText.badge(summary(sent: 20, failed: 0, recovered: 10, rejected: 30)) == "DONE, 20 REJECTED")
        #expect(RunText.badge(summary(sent: 20, failed: 3, recovered: 3, rejected: 30)) == "DONE, 30 REJECTED")
        #expect(RunText.badge(summary(sent: 20, failed: 3, recovered: 13, rejected: 30)) == "DONE, 20 REJECTED")
        #expect(RunText.ink(summary(sent: 0, failed: 0, rejected: 5)) == .warning)
        #expect(RunText.badge(summary(sent: 0, failed: 0)) == "DONE, NOTHING SENT")
        #expect(RunText.ink(summary(sent: 10, failed: 0, twice: 4)) == .warning)
    }

    @Test("what was left out says why: by age, as delivered before, or as repeated")
    func filtered() {
        func text(_ filtered: Int, _ reasons: [ReasonCode: Int]) -> String {
            var snapshot = Fixture.snapshot(42, .done)
            snapshot.summary.counts = RunCounts(filtered: filtered, sent: 10, reasons: reasons)
            var model = Fixture.model(.run, size: Size(width: 240, height: 60))
            _ = update(&model, .engine(Fixture.engine([snapshot])))
            return SendTests.text(view(model))
        }
        #expect(text(7, [.ageFilter: 7]).contains("7  age < 18"))
        let before = text(7, [.deliveredBefore: 7])
        #expect(before.contains("7  delivered before") && !before.contains("age < 18"))
        #expect(text(9, [.ageFilter: 2, .deliveredBefore: 7]).contains("9  delivered before: 7 · age < 18: 2"))
        #expect(text(3, [.repeated: 3]).contains("3  repeated"))
    }

    @Test("a run learns of its retries when they end")
    func recovered() {
        var model = Fixture.run(.done, size: Size(width: 132, height: 43))
        #expect(SendTests.text(view(model)).contains("37 not delivered"))
        var retry = Fixture.snapshot(43, .running)
        retry.summary.source = .retry(of: run)
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .done), retry], generation: 3)))
        retry.summary.state = .done
        let effects = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .done), retry], generation: 4)))
        #expect(effects.contains(.loadSummary(run)))
        var summary = Fixture.snapshot(42, .done).summary
        summary.recovered = 37
        summary.undelivered = 0
        _ = update(&model, .summary(summary))
        model.run.selected = run
        let text = SendTests.text(view(model))
        #expect(!text.contains("not delivered"))
        #expect(model.shownRun?.summary.recovered == 37)
    }

    @Test("a paused run shows no time left; requests that hang are told by their age")
    func waiting() {
        var model = Fixture.run(.paused, size: Size(width: 132, height: 43))
        #expect(!SendTests.text(view(model)).contains("about 37 s left"))
        var snapshot = Fixture.snapshot(42, .running)
        snapshot.summary.statuses = [:]
        var engine = Fixture.engine([snapshot], generation: 3)
        let began = Fixture.now.addingTimeInterval(-75)
        engine.requestsInFlight = [
            RequestInFlight(id: 1, run: run, batch: 1, records: 1000, attempt: 1, started: began)
        ]
        _ = update(&model, .engine(engine))
        let text = SendTests.text(view(model))
        #expect(text.contains("no response yet") && !text.contains("no requests yet"))
        #expect(text.contains("oldest 1m 15s"))
    }

    @Test("keys that change the pace change nothing once the run has ended")
    func paceOfTheEnded() {
        var model = Fixture.run(.done)
        for key in ["+", "-", "[", "]"] { #expect(update(&model, .key(.character(Character(key)))).isEmpty) }
        #expect(model.toasts.last?.text == "This run has ended")
    }

    @Test("resuming says what may arrive twice")
    func resumeTwice() {
        var model = Fixture.run(.stopped(reason: "stopped by you"))
        _ = update(&model, .key(.character("c")))
        #expect(SendTests.text(view(model)).contains("2,000 records may arrive twice."))
    }

    @Test("a run that was stopped with requests in flight says what its resumption may send twice")
    func cutRequests() {
        var snapshot = Fixture.snapshot(42, .stopped(reason: "stopped by the operator"))
        (snapshot.summary.possibleDuplicates, snapshot.summary.recordsInDoubt) = (0, 0)
        snapshot.summary.recordsUnanswered = 4000
        var model = Fixture.model(.run, size: Size(width: 132, height: 43))
        _ = update(&model, .engine(Fixture.engine([snapshot])))
        #expect(SendTests.text(view(model)).contains("4,000 records may arrive twice."))
        _ = update(&model, .key(.character("c")))
        #expect(SendTests.text(view(model)).contains("4,000 records may arrive twice."))
    }

    @Test("r checks now whether the API is back, while something waits for that")
    func retryNow() {
        var model = Fixture.run(.waiting(reason: "API unavailable", until: nil), hold: .unavailable)
        #expect(model.obstacle(to: .retryNow) == "No run waits for the API to come back")
        var engine = Fixture.engine([Fixture.snapshot(42, .waiting(reason: "API unavailable", until: nil))])
        engine.holds = [DeliveryHold(kind: .unavailable, reason: "API unavailable")]
        _ = update(&model, .engine(engine))
        #expect(update(&model, .key(.character("r"))) == [.retryNow])
        engine.holds = [DeliveryHold(kind: .throttled, reason: "the API asked for a pause (429)")]
        _ = update(&model, .engine(engine))
        #expect(model.obstacle(to: .retryNow) != nil, "what the API asked for is kept")
    }

    @Test("concurrency goes up and down from where the last key press left it, within its bounds")
    func concurrency() {
        var model = Fixture.run()
        #expect(update(&model, .key(.character("+"))) == [.setConcurrency(17)])
        #expect(update(&model, .key(.character("+"))) == [.setConcurrency(18)])
        #expect(update(&model, .key(.character("-"))) == [.setConcurrency(17)])
        model.newest.concurrencyMaximum = 1
        #expect(update(&model, .key(.character("-"))).isEmpty)
        model.newest.concurrencyMaximum = 256
        #expect(update(&model, .key(.character("+"))).isEmpty)
    }

    @Test("the first step down of the rate is below what is sent now; above the highest step there is no limit")
    func rate() {
        #expect(Model.rate(after: nil, up: false, present: 1428) == 1000)
        #expect(Model.rate(after: 1000, up: false, present: 0) == 500)
        #expect(Model.rate(after: 10, up: false, present: 0) == 10)
        #expect(Model.rate(after: 1000, up: true, present: 0) == 2000)
        #expect(Model.rate(after: 1_000_000, up: true, present: 0) == nil)
        #expect(Model.rate(after: 1234, up: true, present: 0) == 2000)
    }

    @Test("q asks while a run is active, staying is the default, and Ctrl-C twice stops now")
    func quit() {
        var model = Fixture.run()
        #expect(update(&model, .key(.character("q"))).isEmpty)
        #expect(update(&model, .key(.enter)).isEmpty)
        #expect(model.overlays.isEmpty)
        _ = update(&model, .key(.character("q")))
        #expect(update(&model, .key(.character("f"))) == [.exit(.finishInFlight)])
        model = Fixture.run()
        #expect(update(&model, .interrupt).isEmpty)
        #expect(update(&model, .key(.control("c"))) == [.exit(.now)])
        model = Fixture.run(.done)
        #expect(update(&model, .key(.character("q"))) == [.exit(.finishInFlight)])
    }

    @Test("a run that begins elsewhere does not take the screen from the one that is watched")
    func secondRun() {
        var model = Fixture.run()
        let runs = [Fixture.snapshot(42, .running), Fixture.snapshot(43, .running)]
        _ = update(&model, .engine(Fixture.engine(runs, generation: 3)))
        #expect(model.shownRun?.id == run)
        _ = update(&model, .key(.up))
        #expect(model.shownRun?.id == RunID(rawValue: 43))
    }

    @Test("frozen, the screen stays as it is while the engine continues; then it shows the newest")
    func freeze() {
        var model = Fixture.run()
        _ = update(&model, .key(.character("Z")))
        var snapshot = Fixture.snapshot(42, .running)
        snapshot.summary.counts.sent = 999_999
        _ = update(&model, .engine(Fixture.engine([snapshot], generation: 3)))
        #expect(model.shownRun?.summary.counts.sent == 112_963)
        _ = update(&model, .key(.character("Z")))
        #expect(model.shownRun?.summary.counts.sent == 999_999)
    }

    @Test("a run's end is announced on the other screens")
    func announcement() {
        var model = Fixture.run()
        _ = update(&model, .key(.character("4")))
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .done)], generation: 3)))
        #expect(model.toasts.last?.text == "Run 42 is done: 112,963 sent, 8,117 rejected, 37 failed")
    }

    @Test("a run that arrived over HTTP ends without a message, unless records of it failed", arguments: [0, 3])
    func remoteEnd(_ failed: Int) {
        var model = Fixture.model(.listener)
        var run = Fixture.snapshot(42, .running)
        run.summary.source = .submissions
        _ = update(&model, .engine(Fixture.engine([run])))
        run.summary.state = .done
        run.summary.counts.failed = failed
        _ = update(&model, .engine(Fixture.engine([run], generation: 3)))
        #expect(model.toasts.isEmpty == (failed == 0))
    }

    @Test("messages go after two seconds, errors after five")
    func toasts() {
        var model = Fixture.run()
        model.toast(.good, "good")
        model.toast(.bad, "bad")
        model.now = Fixture.now.addingTimeInterval(2.1)
        _ = update(&model, .tick)
        #expect(model.toasts.map(\.text) == ["bad"])
        model.now = Fixture.now.addingTimeInterval(5.1)
        _ = update(&model, .tick)
        #expect(model.toasts.isEmpty)
    }

    @Test("nothing wakes the screen while nothing changes")
    func idle() {
        for model in [Fixture.send(), Fixture.history(), Fixture.run(.done)] {
            var model = model
            model.isStale = false
            #expect(model.nextChange == nil)
        }
    }

    @Test("the sandbox panel changes faults while the run's screen stays behind it")
    func sandbox() {
        var model = Fixture.run()
        _ = update(&model, .key(.character("b")))
        #expect(update(&model, .key(.character(" "))) == [.setFaults(SimulatedFaults(outage: true))])
        _ = update(&model, .key(.down))
        let effects = update(&model, .key(.right))
        #expect(effects == [.setFaults(SimulatedFaults(errorRate: 0.01, outage: true))])
        #expect(update(&model, .key(.character("0"))) == [.setFaults(SimulatedFaults())])
        #expect(SendTests.text(view(model)).contains("SENDING"))
    }
}
