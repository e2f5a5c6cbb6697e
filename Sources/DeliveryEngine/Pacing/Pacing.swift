import DeliveryModel
import ShowAdsAPI

import struct Foundation.Date

/// Everything that decides when the next request may leave, in one place for all runs.
struct Pacing: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Why nothing leaves, as it is shown.
    enum Hold: Hashable, Sendable {
        case throttled(until: Instant)
        case unavailable(until: Instant?)
        /// Address, key or rights are wrong.
        case misconfigured(String, until: Instant?)
        /// The send window is closed; this is the operator's wish, and no instant of the API.
        case window(opens: Date)
        /// As many records as the operator wants were sent today.
        case dailyLimit(sent: Int, until: Date)

        /// As the faces see it.
        var kind: DeliveryHold.Kind {
            switch self {
            case .throttled: .throttled
            case .unavailable: .unavailable
            case .misconfigured: .misconfigured
            case .window: .window
            case .dailyLimit: .dailyLimit
            }
        }

        /// Whether something is wrong with the API or with what it is to be reached by.
        var isFault: Bool {
            switch self {
            case .unavailable, .misconfigured: true
            case .throttled, .window, .dailyLimit: false
            }
        }

        /// Until when, if that is known.
        var until: Instant? {
            switch self {
            case .throttled(let until): until
            case .unavailable(let until), .misconfigured(_, let until): until
            case .window, .dailyLimit: nil
            }
        }
    }

    var rateGate = RateGate()
    var breaker = CircuitBreaker()
    private(set) var configuration = ConfigurationHold()
    var recordRate: RecordRateLimit
    private var bulk: ConcurrencyController
    private var single: ConcurrencyController
    private var bulkInFlight = 0
    private var singleInFlight = 0
    /// Nothing leaves before, of no worker.
    private(set) var pausedUntil: Instant?
    /// The part of that which the API asked for by `Retry-After`; the rest is our own, after a failed login.
    private(set) var askedUntil: Instant?
    private var maximum: Int
    /// A shorter pause is not worth a word on the screen.
    static let shortPause = Duration.milliseconds(1500)

    init(concurrency: Int, rate: Int?) {
        maximum = concurrency
        bulk = ConcurrencyController(maximum: max(1, concurrency))
        single = ConcurrencyController(maximum: max(1, concurrency))
        recordRate = RecordRateLimit(maximum: rate)
    }

    var inFlight: Int { bulkInFlight + singleInFlight }
    var limit: Int { bulk.limit }

    /// - Parameter concurrency: 0 lets nothing leave.
    mutating func setMaximum(_ concurrency: Int) {
        maximum = concurrency
        bulk.maximum = max(1, concurrency)
        single.maximum = max(1, concurrency)
    }

    func hasRoom(for path: BannerPath) -> Bool {
        guard inFlight < maximum else { return false }
        return switch path {
        case .bulk: bulkInFlight < bulk.limit
        case .single: singleInFlight < single.limit
        }
    }

    /// When something leaves next.
    func permission(now: Instant) -> SendPermission {
        var gate: Instant?
        func wait(until instant: Instant?) {
            guard let instant, instant > now else { return }
            gate = max(gate ?? instant, instant)
        }
        wait(until: pausedUntil)
        wait(until: recordRate.opens)
        let opening = rateGate.opening
        if case .at(let instant) = opening { wait(until: instant) }
        let guards = (breaker.permission(now: now), configuration.permission(now: now))
        switch guards {
        // The later of two moments; whoever waits for a probe in flight waits for its answer.
        case (.wait(let until), _), (_, .wait(let until)): return .wait(until: until.map { max($0, gate ?? $0) })
        case (.go, _), (.probe, _): break
        }
        if let gate { return .wait(until: gate) }
        if opening == .whenAnswered { return .wait(until: nil) }
        if case (.go, .go) = guards { return .go }
        return .probe
    }

    func hold(now: Instant) -> Hold? {
        switch configuration.state {
        case .held(let message, let until, _): return .misconfigured(message, until: until)
        case .probing(let message, _): return .misconfigured(message, until: nil)
        case .open: break
        }
        switch breaker.state {
        case .open(let until, _): return .unavailable(until: until)
        case .probing: return .unavailable(until: nil)
        case .closed: break
        }
        if let askedUntil, askedUntil - now > Self.shortPause { return .throttled(until: askedUntil) }
        return nil
    }

    /// Whether the API was down or wrong when it was asked last.
    var isTroubled: Bool { !breaker.isClosed || !configuration.isOpen }

    /// The operator says that the trouble may be over: a probe may leave now.
    mutating func retryNow(now: Instant) {
        breaker.retryNow(now: now)
        configuration.retryNow(now: now)
        pausedUntil = nil
        askedUntil = nil
    }

    mutating func misconfigured(_ message: String, now: Instant) { configuration.failed(message, now: now) }

    /// The one request leaves that asks whether the API is back.
    mutating func probeSent() {
        breaker.probeSent()
        configuration.probeSent()
    }

    /// A probe that carried no records was answered.
    mutating func probeAnswered(isWorking: Bool, now: Instant) {
        if isWorking {
            breaker.answered()
            configuration.answered()
        } else {
            breaker.failed(wasProbe: true, now: now)
            configuration.probeWithdrawn(now: now + .seconds(1))
        }
    }

    /// A probe that carried no records was answered by what means a fault of the configuration: the API is there, and
    /// is asked less and less often.
    mutating func probeMisconfigured(_ message: String, now: Instant) {
        breaker.answered()
        configuration.failed(message, now: now)
    }

    mutating func sent(_ path: BannerPath, records: Int, asProbe: Bool, now: Instant) {
        switch path {
        case .bulk:
            bulkInFlight += 1
            bulk.sent(inFlight: bulkInFlight, now: now)
        case .single:
            singleInFlight += 1
            single.sent(inFlight: singleInFlight, now: now)
        }
        if asProbe { probeSent() }
        rateGate.sent(now: now)
        recordRate.sent(records: records, now: now)
    }

    /// Learns from an answer.
    /// - Parameters:
    ///   - isFirst: whether it answers the first attempt of its records.
    ///   - pause: how long all workers wait, since the API asked for it.
    mutating func answered(
        _ answer: APIResponse, path: BannerPath, sentAt: Instant, isFirst: Bool, wasProbe: Bool, pause: Duration?,
        now: Instant
    ) {
        switch path {
        case .bulk: bulkInFlight -= 1
        case .single: singleInFlight -= 1
        }
        defer { tellGate(answer, sentAt: sentAt, pause: pause, now: now) }
        // One failed login reaches all who wait for it; it is one failure, but the answer of each probe.
        guard !answer.isShared || wasProbe else { return }
        if case .misconfigured(_, let message) = answer.outcome {
            // Held already: whoever asked, the next probe has its time.
            if wasProbe, !configuration.isOpen { configuration.failed(message, now: now) }
        } else {
            configuration.answered()
        }
        switch answer.outcome {
        case .applied:
            breaker.answered()
            if isFirst { learn(path) { $0.succeeded(latency: answer.duration, now: now) } }
        case .refused, .tokenRefused, .misconfigured:
            breaker.answered()
        case .throttled:
            breaker.answered()
            if let pause, answer.phase == .banners { self.pause(until: now + pause, isAsked: true) }
        case .transient(let fault, let mayHaveBeenApplied):
            breaker.failed(wasProbe: wasProbe, opensAtOnce: fault.isWebPage, now: now)
            if let pause { self.pause(until: now + pause, isAsked: true) }
            guard answer.phase == .banners else { break }
            if mayHaveBeenApplied || !fault.isConnectionFault { learn(path) { $0.pressed(now: now) } }
        }
    }

    /// Each request that left is answered for, so that the gate knows what is in flight.
    private mutating func tellGate(_ answer: APIResponse, sentAt: Instant, pause: Duration?, now: Instant) {
        switch answer.outcome {
        // A login says nothing about the banner requests.
        case _ where answer.phase == .auth: rateGate.ended(now: now)
        case .applied, .refused: rateGate.accepted(sentAt: sentAt, now: now)
        case .throttled:
            if let drain = rateGate.refused(sentAt: sentAt, now: now, pause: pause ?? .zero) {
                self.pause(until: now + drain, isAsked: true)
            }
        case .tokenRefused, .misconfigured, .transient: rateGate.ended(now: now)
        }
    }

    /// Lets nothing leave before a moment.
    /// - Parameter isAsked: whether the API asked for it.
    mutating func pause(until instant: Instant, isAsked: Bool) {
        pausedUntil = max(pausedUntil ?? instant, instant)
        if isAsked { askedUntil = max(askedUntil ?? instant, instant) }
    }

    /// A request in flight was given up without an answer.
    mutating func abandoned(_ path: BannerPath, wasProbe: Bool, now: Instant) {
        switch path {
        case .bulk: bulkInFlight -= 1
        case .single: singleInFlight -= 1
        }
        rateGate.ended(now: now)
        guard wasProbe else { return }
        breaker.probeWithdrawn(now: now)
        configuration.probeWithdrawn(now: now)
    }

    private mutating func learn(_ path: BannerPath, _ body: (inout ConcurrencyController) -> Void) {
        switch path {
        case .bulk: body(&bulk)
        case .single: body(&single)
        }
    }
}
