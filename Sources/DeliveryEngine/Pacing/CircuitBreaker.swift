/// Stops asking an API that is down: five transient failures in a row open it, then one probe at a time asks whether
/// the API is back, after 1 s at first and 60 s at most.
struct CircuitBreaker: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum State: Hashable, Sendable {
        case closed(failures: Int)
        case open(until: Instant, pause: Duration)
        /// A probe is in flight.
        case probing(pause: Duration)
    }

    private(set) var state = State.closed(failures: 0)
    private static let threshold = 5
    private static let longestPause = Duration.seconds(60)

    var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    func permission(now: Instant) -> SendPermission {
        switch state {
        case .closed: .go
        case .open(let until, _): now >= until ? .probe : .wait(until: until)
        case .probing: .wait(until: nil)
        }
    }

    /// The probe leaves.
    mutating func probeSent() {
        if case .open(_, let pause) = state { state = .probing(pause: pause) }
    }

    /// Any answer that shows a working API: an acknowledgement, a refusal, a 429.
    mutating func answered() { state = .closed(failures: 0) }

    /// - Parameter opensAtOnce: whether one such failure says enough.
    mutating func failed(wasProbe: Bool, opensAtOnce: Bool = false, now: Instant) {
        switch state {
        case .closed(let failures) where opensAtOnce || failures + 1 >= Self.threshold:
            state = .open(until: now + .seconds(1), pause: .seconds(1))
        case .closed(let failures):
            state = .closed(failures: failures + 1)
        case .probing(let pause) where wasProbe:
            let longer = min(pause * 2, Self.longestPause)
            state = .open(until: now + longer, pause: longer)
        case .open, .probing:
            break
        }
    }

    /// The next probe need not wait.
    mutating func retryNow(now: Instant) {
        if case .open(_, let pause) = state { state = .open(until: now, pause: pause) }
    }

    /// The probe ended without an answer that tells anything.
    mutating func probeWithdrawn(now: Instant) {
        if case .probing(let pause) = state { state = .open(until: now, pause: pause) }
    }
}
