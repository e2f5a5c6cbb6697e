import DeliveryModel

/// What left and when it stops counting.
struct PermitLog: Sendable {
    typealias Instant = ContinuousClock.Instant

    private(set) var inFlight = 0
    /// When the permits of answered requests come back, in order, from `head` on.
    private var returns: [(at: Instant, isAccepted: Bool)] = []
    private var head = 0
    /// The shortest round trip, seconds.
    private var shortest: Double?
    private(set) var meanRoundTrip = 0.0
    private(set) var longestRoundTrip = Duration.zero
    /// Clocks and their timers are not exact.
    private static let margin = 0.001

    /// Accepted requests whose permits are not back.
    var accepted: Int { returns[head...].count { $0.isAccepted } }

    var nextReturn: Instant? { head < returns.count ? returns[head].at : nil }
    var lastReturn: Instant? { head < returns.count ? returns.last?.at : nil }

    /// Permits that are taken.
    var outstanding: Int { inFlight + returns.count - head }

    /// When fewer than `limit` permits are taken.
    func opening(limit: Int) -> RateGate.Opening {
        let excess = outstanding - limit
        if excess < 0 { return .open }
        return excess < returns.count - head ? .at(returns[head + excess].at) : .whenAnswered
    }

    mutating func sent(now: Instant) {
        forget(before: now)
        inFlight += 1
    }

    mutating func answered(sentAt: Instant, now: Instant, isAccepted: Bool) {
        forget(before: now)
        inFlight -= 1
        let roundTrip = (now - sentAt).inSeconds
        if isAccepted {
            shortest = min(shortest ?? roundTrip, roundTrip)
            meanRoundTrip += (roundTrip - meanRoundTrip) * (meanRoundTrip == 0 ? 1 : 0.1)
            longestRoundTrip = min(max(longestRoundTrip, now - sentAt), .seconds(2))
        }
        add(now, isAccepted: isAccepted)
    }

    /// A request was refused, and its permit is back.
    mutating func dropped(now: Instant) {
        forget(before: now)
        inFlight -= 1
    }

    mutating func ended(now: Instant) {
        forget(before: now)
        inFlight -= 1
        add(now, isAccepted: false)
    }

    private mutating func add(_ now: Instant, isAccepted: Bool) {
        let end = now + .seconds(1 + Self.margin - 0.95 * (shortest ?? 0))
        returns.append((max(end, returns.last?.at ?? end), isAccepted))
    }

    private mutating func forget(before now: Instant) {
        while head < returns.count, returns[head].at <= now { head += 1 }
        if head > 1024, head * 2 > returns.count {
            returns.removeFirst(head)
            head = 0
        }
    }
}
