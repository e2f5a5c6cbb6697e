import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Sending a run outside of the send window")
struct PassWindowTests {
    private static let waiting = RunState.waiting(
        reason: "waiting for the send window to open at 08:00 Prague time", until: nil)

    @Test("is asked about, with Cancel focused, and done once confirmed")
    func asks() {
        var model = Fixture.run(Self.waiting, hold: .window)
        #expect(update(&model, .key(.character("W"))).isEmpty)
        let shown = SendTests.text(view(model))
        #expect(shown.contains("Send run 42 outside of the send window?") && shown.contains("ads.example.com"))
        #expect(update(&model, .key(.enter)).isEmpty && model.overlays.isEmpty)
        _ = update(&model, .key(.character("W")))
        #expect(update(&model, .key(.character("y"))) == [.passWindow(RunID(rawValue: 42))])
    }

    @Test("is possible from the history")
    func history() {
        var model = Fixture.run(Self.waiting, hold: .window)
        _ = update(&model, .key(.character("4")))
        _ = update(&model, .history(.success([Fixture.snapshot(42, Self.waiting).summary]), before: nil))
        _ = update(&model, .key(.character("W")))
        #expect(update(&model, .key(.character("y"))) == [.passWindow(RunID(rawValue: 42))])
    }

    @Test("is refused for a run that waits for something else, or for nothing")
    func obstacle() {
        let states: [(RunState, DeliveryHold.Kind?)] = [
            (.running, nil), (.done, nil), (.waiting(reason: "429 Too Many Requests", until: nil), .throttled),
            (.waiting(reason: "the API's answer names a send window", until: nil), .unavailable),
            (.waiting(reason: "daily limit reached, 50,000 of 50,000, until midnight", until: nil), .dailyLimit),
        ]
        for (state, hold) in states {
            let obstacle = Fixture.run(state, hold: hold).obstacle(to: .passWindow)
            #expect(obstacle == "This run isn't waiting for the send window")
        }
    }

    @Test("is not done when the window opened while it was asked")
    func opened() {
        var model = Fixture.run(Self.waiting, hold: .window)
        _ = update(&model, .key(.character("W")))
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .running)], generation: 3)))
        #expect(SendTests.text(view(model)).contains("It's no longer waiting for the send window."))
        #expect(update(&model, .key(.character("y"))).isEmpty)
    }
}
