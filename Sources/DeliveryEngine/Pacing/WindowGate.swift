/// Learns how many requests an API takes in any second, and lets no more than these leave.
///
/// Each request takes one of the allowance's permits and gives it back a second after its answer, less the time that an
/// answer is on its way at least. So whenever the API counts a request, the one that had its permit before was counted
/// a second earlier or more: an allowance that is known is used without refusals, however the API's windows lie and
/// however unsteady the way is. A refusal is answered by waiting until all permits are back; what is accepted from then
/// on until the next refusal is the allowance.
///
/// From time to time one request more is tried. It comes at the end of a second's requests, where the pause that the
/// API asks for falls into the time in which nothing could leave anyway. When it is accepted, four times as many follow
/// in each second until one is refused.
struct WindowGate: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Requests that the API takes in a second.
    private(set) var allowance: Int
    private(set) var permits: PermitLog
    /// What the API asked for.
    private var closedUntil: Instant
    /// Whether all permits have to come back before anything leaves.
    private var isDraining = true
    /// When something left after all permits were back, and how many requests were accepted since.
    private var start: Instant?
    private var acceptedSinceStart = 0
    /// When the last refusal became known; what left before it tells nothing new.
    private var refusedAt: Instant
    /// Whether accepted requests that left before `refusedAt` still raise the allowance.
    private var isMeasuring: Bool
    /// Refusals that came when nothing was tried and nothing could be measured.
    private var strikes = 0
    /// Refusals in a row without one accepted request between.
    private var fruitless = 0
    /// Requests a second beyond the allowance that are tried now, or next.
    private var extra = 1
    /// Whether they may leave.
    private var isTrying = false
    /// When the first of them left.
    private var extraSince: Instant?
    private var nextProbe: Instant
    /// The allowance before the last was tried with success, for as long as a refusal means that it was luck.
    private var fallback: (allowance: Int, until: Instant)?

    private static let second = Duration.seconds(1)
    private static let firstProbe = Duration.seconds(12)
    private static let probeInterval = Duration.seconds(15)
    private static let gap = Duration.milliseconds(250)
    private static let longestSilence = 30.0

    /// - Parameters:
    ///   - permits: what was sent before the first refusal.
    ///   - pause: what the API asked for.
    init(refusedAt now: Instant, permits: PermitLog, pause: Duration) {
        self.permits = permits
        allowance = permits.accepted
        closedUntil = now + max(pause, Self.second)
        refusedAt = now
        isMeasuring = true
        nextProbe = closedUntil + Self.firstProbe
    }

    /// What another process has learned.
    /// - Parameters:
    ///   - permits: what was sent before.
    ///   - opens: when sending begins.
    init(allowance: Int, permits: PermitLog, opens: Instant, now: Instant) {
        self.permits = permits
        self.allowance = max(1, allowance)
        closedUntil = opens
        refusedAt = now
        isMeasuring = false
        nextProbe = opens + Self.probeInterval
    }

    /// Gives a part of the allowance to others, or takes theirs over.
    mutating func scale(by factor: Double, now: Instant) {
        allowance = max(1, Int((Double(allowance) * factor).rounded()))
        (extra, extraSince, isTrying, fallback) = (1, nil, false, nil)
        nextProbe = max(nextProbe, now + Self.probeInterval)
    }

    /// When the next request may leave.
    var opening: RateGate.Opening {
        guard !isDraining else {
            return permits.inFlight > 0 ? .whenAnswered : .at(max(closedUntil, permits.lastReturn ?? closedUntil))
        }
        guard permits.inFlight < maximumInFlight else { return .whenAnswered }
        return bounded(permits.opening(limit: allowance + (isTrying ? extra : 0)))
    }

    private func bounded(_ opening: RateGate.Opening) -> RateGate.Opening {
        switch opening {
        case .open: .at(closedUntil)
        case .at(let instant): .at(max(instant, closedUntil))
        case .whenAnswered: .whenAnswered
        }
    }

    /// More at a time would only be refused together when the allowance turns out to be lower.
    private var maximumInFlight: Int {
        max(2, max(1, allowance) / 5, Int((1.5 * Double(allowance) * permits.meanRoundTrip).rounded(.up)))
    }

    mutating func sent(now: Instant) {
        settleExtra(now: now)
        if isDraining {
            isDraining = false
            isMeasuring = false
            start = now
            acceptedSinceStart = 0
        }
        permits.sent(now: now)
        if permits.outstanding > allowance, extraSince == nil { extraSince = now }
        if permits.outstanding == allowance, now >= nextProbe, isEndOfBurst(now) { isTrying = true }
    }

    /// Whether nothing more could leave for a while: what is tried then, and its refusal, cost the least time. Requests
    /// that are spread over the whole second leave no such gap.
    private func isEndOfBurst(_ now: Instant) -> Bool {
        guard let next = permits.nextReturn else { return false }
        return next - now > Self.gap || now > nextProbe + .seconds(2)
    }

    mutating func accepted(sentAt: Instant, now: Instant) {
        permits.answered(sentAt: sentAt, now: now, isAccepted: true)
        fruitless = 0
        if isMeasuring, sentAt < refusedAt { allowance += 1 }
        if start.map({ sentAt >= $0 }) == true { acceptedSinceStart += 1 }
        settleExtra(now: now)
    }

    /// A request ended without a word about the rate; it may have been counted.
    mutating func ended(now: Instant) { permits.ended(now: now) }

    mutating func refused(sentAt: Instant, now: Instant, pause: Duration) {
        let isExtra = extraSince.map { sentAt >= $0 } == true
        if isExtra, extra == 1 {
            permits.dropped(now: now)
        } else {
            permits.answered(sentAt: sentAt, now: now, isAccepted: false)
        }
        closedUntil = max(closedUntil, now + pause)
        guard sentAt >= refusedAt else { return }
        let sinceRefusal = now - refusedAt
        refusedAt = now
        defer {
            extra = 1
            extraSince = nil
            isTrying = false
            nextProbe = closedUntil + Self.probeInterval
        }
        if isExtra, extra == 1 { return }
        if let fallback, extra <= 4, now <= fallback.until {
            // A window's limit was passed unseen, because another window began at the right moment.
            allowance = fallback.allowance
            self.fallback = nil
            return
        }
        fallback = nil
        isDraining = true
        defer { start = nil }
        if isExtra {
            // Of many that were tried, those that were accepted are the new allowance.
            allowance = max(allowance, permits.accepted)
            isMeasuring = true
            return
        }
        if let start, sentAt - start < Self.second {
            if acceptedSinceStart == 0 {
                fruitless += 1
                let silence = min(Double(1 << min(fruitless - 1, 8)), Self.longestSilence)
                closedUntil = max(closedUntil, now + .seconds(silence))
                return
            }
            allowance = min(allowance, acceptedSinceStart)
            isMeasuring = true
            return
        }
        strikes = sinceRefusal > .seconds(5) ? 1 : strikes + 1
        if strikes > 1 { allowance = max(1, Int(Double(allowance) * 0.9)) }
    }

    /// What was tried for a second without a refusal is part of the allowance, and twice as much more is tried.
    private mutating func settleExtra(now: Instant) {
        guard let since = extraSince, now - since > Self.second + permits.longestRoundTrip else { return }
        fallback = (allowance, now + .seconds(2))
        allowance += extra
        extra = min(4 * extra, allowance)
        extraSince = nil
        isTrying = false
        nextProbe = now
    }
}
