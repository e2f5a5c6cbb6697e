import Testing

@testable import DeliveryEngine

@Suite("The breaker stops asking an API that is down")
struct CircuitBreakerTests {
    let start = ContinuousClock.now

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<5 { breaker.failed(wasProbe: false, now: start) }
        return breaker
    }

    @Test("five failures in a row open it, four do not")
    func opens() {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.failed(wasProbe: false, now: start) }
        #expect(breaker.permission(now: start) == .go)
        breaker.failed(wasProbe: false, now: start)
        #expect(breaker.permission(now: start) == .wait(until: start + .seconds(1)))
    }

    @Test("an answer in between begins the count again")
    func resets() {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.failed(wasProbe: false, now: start) }
        breaker.answered()
        for _ in 0..<4 { breaker.failed(wasProbe: false, now: start) }
        #expect(breaker.permission(now: start) == .go)
    }

    @Test("after the pause one probe leaves and nothing beside it")
    func probes() {
        var breaker = opened()
        let later = start + .seconds(1)
        #expect(breaker.permission(now: later) == .probe)
        breaker.probeSent()
        #expect(breaker.permission(now: later) == .wait(until: nil))
        breaker.answered()
        #expect(breaker.permission(now: later) == .go)
    }

    @Test("the pause doubles with every probe that fails, up to a minute")
    func doubles() {
        var breaker = opened()
        var now = start + .seconds(1)
        for expected in [2, 4, 8, 16, 32, 60, 60] {
            #expect(breaker.permission(now: now) == .probe)
            breaker.probeSent()
            breaker.failed(wasProbe: true, now: now)
            #expect(breaker.permission(now: now) == .wait(until: now + .seconds(expected)))
            now = now + .seconds(expected)
        }
    }

    @Test("failures of requests that left before it opened do not prolong the pause")
    func lateFailures() {
        var breaker = opened()
        breaker.failed(wasProbe: false, now: start + .milliseconds(500))
        #expect(breaker.permission(now: start + .seconds(1)) == .probe)
    }

    @Test("a probe that was given up is sent again at once")
    func withdrawn() {
        var breaker = opened()
        breaker.probeSent()
        breaker.probeWithdrawn(now: start)
        #expect(breaker.permission(now: start) == .probe)
    }
}
