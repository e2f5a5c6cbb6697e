import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The Run screen")
struct RunTests {
    private let run = RunID(rawValue: 42)

    @Test("p holds a run and goes on with it")
    func pause() {
        var model = Fixture.run()
        #expect(update(&model, .key(.character("p"))) == [.pause(run)])
        model = Fixture.run(.paused)
        #expect(update(&model, .key(.character("p"))) == [.unpause(run)])
        model = Fixture.run(.done)
        #expect(update(&model, .key(.character("p"))).isEmpty)
        #expect(model.toasts.last?.text == "This run has ended already")
    }

    @Test("stopping asks whether the requests in flight may finish", arguments: [StopMode.finishInFlight, .now])
    func stop(_ mode: StopMode) {
        var model = Fixture.run()
        #expect(update(&model, .key(.character("x"))).isEmpty)
        #expect(update(&model, .key(.character(mode == .now ? "n" : "f"))) == [.stop(run, mode)])
        #expect(model.overlays.isEmpty)
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

    @Test("q asks while a run goes, staying is the default, and Ctrl-C twice stops at once")
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

    @Test("frozen, the screen stays as it is while the engine goes on; then it shows the newest")
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
        #expect(model.toasts.last?.text == "Run 42 is done: 112,963 sent, 37 failed")
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
