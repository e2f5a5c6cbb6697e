import DeliveryModel
import Testing

@testable import SharedJournal

@Suite("A run that its node does not work on")
struct IdleRunsTests {
    private let start = ContinuousClock.now
    private let run = RunID(rawValue: 7)

    @Test("is given to the engine again when it was idle for a while, and again after as long")
    func again() {
        var idle = IdleRuns()
        #expect(idle.look(at: [run], now: start).isEmpty)
        #expect(idle.look(at: [run], now: start + .seconds(9)).isEmpty)
        #expect(idle.look(at: [run], now: start + .seconds(10)) == [run])
        #expect(idle.look(at: [run], now: start + .seconds(19)).isEmpty)
        #expect(idle.look(at: [run], now: start + .seconds(20)) == [run])
    }

    @Test("is left alone when the engine has begun with it in the meantime")
    func begun() {
        var idle = IdleRuns()
        _ = idle.look(at: [run], now: start)
        #expect(idle.look(at: [], now: start + .seconds(5)).isEmpty)
        #expect(idle.look(at: [run], now: start + .seconds(11)).isEmpty)
    }
}
