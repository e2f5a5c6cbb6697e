import Foundation
import Testing

@testable import DeliveryEngine

@Suite("The concurrency controller learns how many requests the API bears")
struct ConcurrencyControllerTests {
    /// Keeps as many requests in flight as allowed; the API takes `latency(inFlight)` for each.
    static func simulate(
        _ controller: inout ConcurrencyController, seconds: Double, from begin: Double = 0,
        latency: (Int) -> Double
    ) {
        let start = ContinuousClock.now
        var inFlight: [(arrives: Double, sent: Double)] = []
        var now = begin
        while now < begin + seconds {
            let instant = start + .seconds(now)
            for answer in inFlight where answer.arrives <= now {
                controller.succeeded(latency: .seconds(now - answer.sent), now: instant)
            }
            inFlight.removeAll { $0.arrives <= now }
            while inFlight.count < controller.limit {
                inFlight.append((now + latency(inFlight.count + 1), now))
                controller.sent(inFlight: inFlight.count, now: instant)
            }
            now += 0.001
        }
    }

    @Test("with a steady API of 50 ms the full concurrency is reached within two seconds and held")
    func reachesMaximum() {
        var controller = ConcurrencyController(maximum: 16)
        Self.simulate(&controller, seconds: 2) { _ in 0.05 }
        #expect(controller.limit == 16)
        for round in 1...20 {
            Self.simulate(&controller, seconds: 0.5, from: 2 * Double(round)) { _ in Double.random(in: 0.045...0.055) }
            #expect(controller.limit >= 15)
        }
    }

    @Test("it starts with two requests")
    func startsSmall() {
        #expect(ConcurrencyController(maximum: 16).limit == 2)
        #expect(ConcurrencyController(maximum: 1).limit == 1)
    }

    @Test("an API that gives in while the limit doubles is not pushed to the maximum at once")
    func stopsDoubling() {
        var controller = ConcurrencyController(maximum: 64)
        Self.simulate(&controller, seconds: 1) { $0 <= 8 ? 0.05 : 0.05 * pow(Double($0) / 8, 2) }
        #expect(controller.limit < 32)
    }

    @Test("a sudden slowness shrinks the limit")
    func sudden() {
        var controller = ConcurrencyController(maximum: 16)
        Self.simulate(&controller, seconds: 2) { _ in 0.05 }
        Self.simulate(&controller, seconds: 0.6, from: 2) { _ in 0.4 }
        #expect(controller.limit < 16)
    }

    @Test("time-outs and 5xx shrink the limit by a tenth a window, never below one")
    func shrinks() {
        var controller = ConcurrencyController(maximum: 16)
        Self.simulate(&controller, seconds: 2) { _ in 0.01 }
        var now = ContinuousClock.now
        var limits = [controller.limit]
        for _ in 0..<60 {
            controller.sent(inFlight: 1, now: now)
            now = now + .milliseconds(100)
            controller.pressed(now: now)
            limits.append(controller.limit)
        }
        #expect(limits == limits.sorted(by: >))
        #expect(limits.last == 1)
    }

    @Test("a lower maximum takes effect at once")
    func lowerMaximum() {
        var controller = ConcurrencyController(maximum: 16)
        Self.simulate(&controller, seconds: 1) { _ in 0.01 }
        controller.maximum = 3
        #expect(controller.limit == 3)
    }
}
