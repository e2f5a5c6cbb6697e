/// Holds all runs of a service while the API's address, key or rights are wrong: one probe asks after 30 s whether that
/// was fixed, then less and less often, at least every ten minutes, and immediately when an operator says so.
struct ConfigurationHold: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum State: Hashable, Sendable {
        case open
        case held(message: String, until: Instant, pause: Duration)
        /// A probe is in flight.
        case probing(message: String, pause: Duration)
    }

    private(set) var state = State.open

    var isOpen: Bool { state == .open }

    func permission(now: Instant) -> SendPermission {
        switch state {
        case .open: .go
        case .held(_, let until, _): now >= until ? .probe : .wait(until: until)
        case .probing: .wait(until: nil)
        }
    }

    mutating func probeSent() {
        if case .held(let message, _, let pause) = state { state = .probing(message: message, pause: pause) }
    }

    /// An answer that means a fault of the configuration. One that was in flight beside others prolongs nothing.
    mutating func failed(_ message: String, now: Instant) {
        switch state {
        case .open:
            let pause = DeliveryScheduler.firstHold
            state = .held(message: message, until: now + pause, pause: pause)
        case .probing(_, let pause):
            let longer = min(pause * 2, DeliveryScheduler.longestHold)
            state = .held(message: message, until: now + longer, pause: longer)
        case .held(_, let until, let pause):
            state = .held(message: message, until: until, pause: pause)
        }
    }

    /// Any answer that shows another API than the one that was wrong.
    mutating func answered() { state = .open }

    /// The probe ended without an answer that tells anything.
    mutating func probeWithdrawn(now: Instant) {
        if case .probing(let message, let pause) = state {
            state = .held(message: message, until: now, pause: pause)
        }
    }

    mutating func retryNow(now: Instant) {
        if case .held(let message, _, _) = state {
            state = .held(message: message, until: now, pause: DeliveryScheduler.firstHold)
        }
    }
}
