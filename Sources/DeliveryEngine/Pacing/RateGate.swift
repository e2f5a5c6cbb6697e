/// Learns how many requests a second the API takes.
///
/// Free until the first 429. What was accepted in the second before tells what kind of limit it is: many requests are a
/// count per second, each of which is used again as soon as it is free (`WindowGate`); few are a low limit, or one that
/// takes no bursts, and requests are spaced (`PacedGate`).
struct RateGate: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Opening: Hashable, Sendable {
        case open
        case at(Instant)
        /// When a request in flight is answered.
        case whenAnswered
    }

    /// What was sent before the first refusal.
    private var permits = PermitLog()
    private var window: WindowGate?
    private var paced: PacedGate?
    /// Fewer requests in a second are spaced.
    private static let smallestWindow = 15

    /// Requests a second that may leave now; `nil` is free.
    func rate(now: Instant) -> Double? { paced?.rate(now: now) ?? window.map { Double($0.allowance) } }

    /// Requests a second that the API is known to take; `nil` before the first 429.
    var learnedRate: Double? { paced?.ceiling ?? window.map { Double($0.allowance) } }

    /// Sends no faster from now on than another process has learned, and nothing before `opening`, so that the API has
    /// forgotten what that process sent.
    mutating func adopt(_ rate: Double, opening: Instant, now: Instant) {
        if paced != nil || rate < Double(Self.smallestWindow) {
            paced = PacedGate(proven: rate, since: opening)
            window = nil
        } else {
            window = WindowGate(
                allowance: Int(rate), permits: window?.permits ?? permits, opens: opening, now: now)
        }
        permits = PermitLog()
    }

    /// Gives a part of what is known to other processes, or takes theirs over.
    mutating func scale(by factor: Double, now: Instant) {
        paced?.scale(by: factor)
        window?.scale(by: factor, now: now)
    }

    /// When the next request may leave.
    var opening: Opening {
        if let paced { return .at(paced.opens()) }
        return window?.opening ?? .open
    }

    /// A request leaves. Each has to be answered for with `accepted`, `refused` or `ended`.
    mutating func sent(now: Instant) {
        if paced != nil {
            paced?.sent(now: now)
        } else if window != nil {
            window?.sent(now: now)
            if let allowance = window?.allowance, allowance < Self.smallestWindow {
                paced = PacedGate(ceiling: Double(allowance), since: now)
                paced?.sent(now: now)
                window = nil
            }
        } else {
            permits.sent(now: now)
        }
    }

    /// The API took a request.
    mutating func accepted(sentAt: Instant, now: Instant) {
        if paced != nil {
            paced?.accepted(now: now)
        } else if window != nil {
            window?.accepted(sentAt: sentAt, now: now)
        } else {
            permits.answered(sentAt: sentAt, now: now, isAccepted: true)
        }
    }

    /// A request ended without a word about the rate.
    mutating func ended(now: Instant) {
        if window != nil {
            window?.ended(now: now)
        } else if paced == nil {
            permits.ended(now: now)
        }
    }

    /// The API answered 429 to a request that left at `sentAt`.
    /// - Parameter pause: what the API asked for by `Retry-After`, for which nothing leaves.
    /// - Returns: how long nothing should leave, so that the API's window drains; `nil` when `opening` says it all.
    mutating func refused(sentAt: Instant, now: Instant, pause: Duration = .zero) -> Duration? {
        if paced != nil {
            paced?.refused(sentAt: sentAt, now: now, pause: pause)
            return nil
        }
        if window != nil {
            window?.refused(sentAt: sentAt, now: now, pause: pause)
            return nil
        }
        permits.answered(sentAt: sentAt, now: now, isAccepted: false)
        window = WindowGate(refusedAt: now, permits: permits, pause: pause)
        permits = PermitLog()
        return max(pause, .seconds(1))
    }
}
