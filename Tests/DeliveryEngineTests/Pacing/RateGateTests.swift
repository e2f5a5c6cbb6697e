import DeliveryModel
import Foundation
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite("The rate gate learns what the API takes", .computing)
struct RateGateTests {
    typealias Instant = ContinuousClock.Instant

    private static let windows: [Limiter] = [20, 50, 200].flatMap { limit in
        [.slidingWindow(limit)] + [0, 0.25, 0.5, 0.75, 0.95].map { .fixedWindow(limit, phase: $0) }
    }

    @Test(
        "a limit is used to 95 % with at most 3 % of refusals from the first second on", arguments: windows, [nil, 1])
    func learnsTheLimit(limiter: Limiter, retryAfter: Double?) {
        var simulation = LimitSimulation([(0, limiter)], retryAfter: retryAfter, latency: 0.005)
        let result = simulation.run(seconds: 30)
        let used = result.used(0..<30, of: limiter.rate)
        #expect(used >= 0.95, "used \(used)")
        #expect(result.refusedShare(0..<30) <= 0.03, "refused \(result.refusedShare(0..<30))")
    }

    @Test(
        "a limit that changes is used to 95 % again 10 s after a fall and 30 s after a rise",
        arguments: [(50, 20), (200, 50), (200, 20), (20, 50), (50, 200), (20, 200)], [nil, 1])
    func follows(change: (old: Int, new: Int), retryAfter: Double?) {
        for (index, at) in [8.3, 12.55, 17.9, 23.0].enumerated() {
            for isFixed in [false, true] {
                func limiter(_ limit: Int) -> Limiter {
                    isFixed ? .fixedWindow(limit, phase: 0.35) : .slidingWindow(limit)
                }
                var simulation = LimitSimulation(
                    [(0, limiter(change.old)), (at, limiter(change.new))], retryAfter: retryAfter, latency: 0.005)
                simulation.random = SeededGenerator(seed: UInt64(index))
                let from = at + (change.new < change.old ? 10 : 30)
                let result = simulation.run(seconds: from + 30)
                let used = result.used(from..<from + 30, of: Double(change.new))
                let refused = result.refusedShare(from..<from + 30)
                // A tenfold rise takes some seconds more to climb.
                #expect(
                    used >= (change.new == 10 * change.old ? 0.93 : 0.95), "used \(used), fixed \(isFixed), at \(at)")
                #expect(refused <= 0.03, "refused \(refused), fixed \(isFixed), at \(at)")
            }
        }
    }

    @Test(
        "a limit of another kind is used to 95 % with at most 3 % of refusals once it is known",
        arguments: [
            Limiter.slidingWindow(10), .slidingWindow(3), .bucket(rate: 50, burst: 5), .bucket(rate: 50, burst: 50),
        ])
    func usesTheLimit(limiter: Limiter) {
        var simulation = LimitSimulation([(0, limiter)])
        let result = simulation.run(seconds: 120)
        let used = result.used(20..<120, of: limiter.rate)
        #expect(used >= 0.95, "used \(used)")
        #expect(result.refusedShare(20..<120) <= 0.03, "refused \(result.refusedShare(20..<120))")
    }

    @Test(
        "an API that asks for a pause with each refusal is tried for more so seldom that its limit is used all the same",
        arguments: [Limiter.slidingWindow(50), .slidingWindow(10), .slidingWindow(200), .bucket(rate: 50, burst: 50)],
        [0.2, 1])
    func pausesAreDear(limiter: Limiter, retryAfter: Double) {
        var simulation = LimitSimulation([(0, limiter)], retryAfter: retryAfter)
        let result = simulation.run(seconds: 120)
        let used = result.used(10..<120, of: limiter.rate)
        #expect(used >= 0.95, "used \(used)")
        #expect(result.refusedShare(10..<120) <= 0.03, "refused \(result.refusedShare(10..<120))")
    }

    @Test("nothing is held back before the first refusal")
    func freeAtFirst() {
        var gate = RateGate()
        let now = ContinuousClock.now
        for _ in 0..<1000 { gate.sent(now: now) }
        #expect(gate.opening == .open)
        #expect(gate.rate(now: now) == nil)
    }

    @Test("requests that left before a refusal was known do not slow down twice")
    func oneRefusalABurst() {
        var gate = RateGate()
        let now = ContinuousClock.now
        for _ in 0..<116 { gate.sent(now: now) }
        for _ in 0..<100 { gate.accepted(sentAt: now, now: now + .milliseconds(9)) }
        #expect(gate.refused(sentAt: now, now: now + .milliseconds(10)) != nil)
        for _ in 0..<15 { #expect(gate.refused(sentAt: now, now: now + .milliseconds(20)) == nil) }
        #expect(gate.rate(now: now + .seconds(1)) == 100)
    }

    @Test("what was accepted and is answered after the first refusal counts, too")
    func lateAnswers() {
        var gate = RateGate()
        let now = ContinuousClock.now
        for _ in 0..<51 { gate.sent(now: now) }
        for _ in 0..<30 { gate.accepted(sentAt: now, now: now + .milliseconds(9)) }
        _ = gate.refused(sentAt: now, now: now + .milliseconds(10))
        for _ in 0..<20 { gate.accepted(sentAt: now, now: now + .milliseconds(20)) }
        #expect(gate.rate(now: now + .seconds(1)) == 50)
    }

    @Test("requests that end without a word about the rate hold nothing back for ever")
    func unanswered() {
        var gate = RateGate()
        var now = ContinuousClock.now
        for _ in 0..<41 { gate.sent(now: now) }
        for _ in 0..<20 { gate.accepted(sentAt: now, now: now) }
        _ = gate.refused(sentAt: now, now: now)
        #expect(gate.opening == .whenAnswered)
        for _ in 0..<20 { gate.ended(now: now) }
        now = now + .seconds(2)
        guard case .at(let instant) = gate.opening else {
            Issue.record("\(gate.opening)")
            return
        }
        #expect(instant <= now)
    }

    @Test("the rate never falls below one request in two seconds")
    func floor() {
        var gate = RateGate()
        var now = ContinuousClock.now
        for _ in 0..<50 {
            gate.sent(now: now)
            _ = gate.refused(sentAt: now, now: now)
            now = now + .milliseconds(1100)
        }
        #expect((gate.rate(now: now) ?? 0) >= 0.5)
    }

    @Test("a limit that is lifted is found again", arguments: [10, 40])
    func recovers(before: Int) {
        var gate = RateGate()
        var now = ContinuousClock.now
        for _ in 0..<before {
            gate.sent(now: now)
            gate.accepted(sentAt: now, now: now)
        }
        gate.sent(now: now)
        _ = gate.refused(sentAt: now, now: now)
        let end = now + .seconds(60)
        while now < end {
            switch gate.opening {
            case .at(let instant) where instant > now: break
            case .whenAnswered: Issue.record("nothing is in flight")
            case .open, .at:
                gate.sent(now: now)
                gate.accepted(sentAt: now, now: now)
            }
            now = now + .milliseconds(2)
        }
        #expect((gate.rate(now: now) ?? 0) > 100)
    }
}
