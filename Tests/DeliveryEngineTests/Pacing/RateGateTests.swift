import Foundation
import Testing

@testable import DeliveryEngine

@Suite("The rate gate learns what the API takes")
struct RateGateTests {
    typealias Instant = ContinuousClock.Instant

    /// How a simulated API limits requests.
    enum Limiter: CustomTestStringConvertible, Sendable {
        case slidingWindow(Int)
        case fixedWindow(Int)
        case bucket(rate: Double, burst: Double)

        var testDescription: String {
            switch self {
            case .slidingWindow(let n): "sliding window of \(n)"
            case .fixedWindow(let n): "fixed window of \(n)"
            case .bucket(let rate, let burst): "bucket of \(rate)/s, burst \(burst)"
            }
        }

        var rate: Double {
            switch self {
            case .slidingWindow(let n), .fixedWindow(let n): Double(n)
            case .bucket(let rate, _): rate
            }
        }
    }

    struct Result {
        var accepted = 0
        var refused = 0
        var seconds: Double
        var refusedShare: Double { Double(refused) / Double(max(1, accepted + refused)) }
    }

    /// Sends as fast as the gate lets it, with a fixed latency and a bound on what is in flight.
    /// - Parameter retryAfter: seconds that a refusal asks for.
    static func simulate(
        _ limiter: Limiter, retryAfter: Double? = nil, seconds: Double, settledAfter: Double, latency: Double = 0.02,
        concurrency: Int = 16
    ) -> Result {
        let start = ContinuousClock.now
        var gate = RateGate()
        var inFlight: [(arrives: Double, sent: Double, isAccepted: Bool)] = []
        var window: [Double] = []
        var tokens = 0.0
        var refilled = 0.0
        if case .bucket(_, let burst) = limiter { tokens = burst }
        var pausedUntil = 0.0
        var result = Result(seconds: seconds - settledAfter)
        var now = 0.0
        func instant(_ time: Double) -> Instant { start + .seconds(time) }
        func take(at time: Double) -> Bool {
            switch limiter {
            case .slidingWindow(let limit):
                window.removeAll { $0 <= time - 1 }
                if window.count >= limit { return false }
            case .fixedWindow(let limit):
                window.removeAll { $0 < time.rounded(.down) }
                if window.count >= limit { return false }
            case .bucket(let rate, let burst):
                tokens = min(burst, tokens + (time - refilled) * rate)
                refilled = time
                if tokens < 1 { return false }
                tokens -= 1
            }
            window.append(time)
            return true
        }
        while now < seconds {
            for answer in inFlight where answer.arrives <= now {
                if answer.isAccepted {
                    gate.accepted(now: instant(now))
                } else {
                    let drain = gate.refused(
                        sentAt: instant(answer.sent), now: instant(now), pause: .seconds(retryAfter ?? 0))
                    pausedUntil = max(pausedUntil, now + (drain?.inSeconds ?? 0), now + (retryAfter ?? 0))
                }
            }
            inFlight.removeAll { $0.arrives <= now }
            while inFlight.count < concurrency, now >= pausedUntil,
                gate.opens().map({ $0 <= instant(now) }) ?? true
            {
                gate.sent(now: instant(now))
                let isAccepted = take(at: now + latency / 2)
                inFlight.append((now + latency, now, isAccepted))
                if now >= settledAfter {
                    if isAccepted { result.accepted += 1 } else { result.refused += 1 }
                }
            }
            now += 0.001
        }
        return result
    }

    @Test(
        "a settled limit is used to 95 % with at most 3 % of refusals",
        arguments: [
            Limiter.slidingWindow(50), .slidingWindow(10), .slidingWindow(200), .fixedWindow(50),
            .bucket(rate: 50, burst: 5), .bucket(rate: 50, burst: 50), .slidingWindow(3),
        ])
    func usesTheLimit(limiter: Limiter) {
        let result = Self.simulate(limiter, seconds: 120, settledAfter: 20)
        let used = Double(result.accepted) / result.seconds / limiter.rate
        #expect(used >= 0.95, "used \(used)")
        #expect(result.refusedShare <= 0.03, "refused \(result.refusedShare)")
    }

    @Test(
        "an API that asks for a pause with each refusal is tried for more so seldom that its limit is used all the same",
        arguments: [Limiter.slidingWindow(50), .slidingWindow(10), .slidingWindow(200), .bucket(rate: 50, burst: 50)],
        [0.2, 1])
    func pausesAreDear(limiter: Limiter, retryAfter: Double) {
        let result = Self.simulate(limiter, retryAfter: retryAfter, seconds: 120, settledAfter: 10)
        let used = Double(result.accepted) / result.seconds / limiter.rate
        #expect(used >= 0.95, "used \(used)")
        #expect(result.refusedShare <= 0.03, "refused \(result.refusedShare)")
    }

    @Test("nothing is held back before the first refusal")
    func freeAtFirst() {
        var gate = RateGate()
        let now = ContinuousClock.now
        for _ in 0..<1000 { gate.sent(now: now) }
        #expect(gate.opens() == nil)
        #expect(gate.rate(now: now) == nil)
    }

    @Test("requests that left before a refusal was known do not slow down twice")
    func oneRefusalABurst() {
        var gate = RateGate()
        let now = ContinuousClock.now
        for _ in 0..<100 { gate.accepted(now: now) }
        #expect(gate.refused(sentAt: now, now: now + .milliseconds(10)) != nil)
        let rate = gate.rate(now: now + .seconds(1))
        for _ in 0..<15 { _ = gate.refused(sentAt: now, now: now + .milliseconds(20)) }
        #expect(gate.rate(now: now + .seconds(1)) == rate)
    }

    @Test("the rate never falls below one request in two seconds")
    func floor() {
        var gate = RateGate()
        var now = ContinuousClock.now
        for _ in 0..<50 {
            _ = gate.refused(sentAt: now, now: now)
            now = now + .milliseconds(1100)
        }
        #expect((gate.rate(now: now) ?? 0) >= 0.5)
    }

    @Test("a limit that is lifted is found again")
    func recovers() {
        var gate = RateGate()
        var now = ContinuousClock.now
        for _ in 0..<10 {
            gate.sent(now: now)
            gate.accepted(now: now)
        }
        _ = gate.refused(sentAt: now, now: now)
        var sent = 0
        let end = now + .seconds(60)
        while now < end {
            if gate.opens().map({ $0 <= now }) ?? true {
                gate.sent(now: now)
                gate.accepted(now: now)
                sent += 1
            }
            now = now + .milliseconds(2)
        }
        #expect((gate.rate(now: now) ?? 0) > 100)
    }
}
