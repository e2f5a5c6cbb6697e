import DeliveryModel

/// Decides what each request is answered and keeps the ledger. No I/O and no time of its own.
struct SandboxCore {
    typealias Instant = ContinuousClock.Instant

    enum Verdict: Hashable {
        case answer(status: Int, body: String, retryAfter: Double?)
        /// Close the connection without an answer; `how` is the name in the statistics.
        case drop(how: String)
        case hang

        static func answer(_ status: Int, _ message: String) -> Verdict {
            .answer(status: status, body: #"{"message": "\#(message)"}"#, retryAfter: nil)
        }
    }

    /// A banner request, taken apart.
    struct BannerCall {
        var path: String
        var token: String
        var contentType: String
        /// `nil` when the body is malformed.
        var items: [BannerItem]?
    }

    private struct Token {
        var text: String
        var issued: Instant
        var uses = 0
    }

    var behavior: SandboxBehavior
    var ledger: Ledger
    private var generator: SeededGenerator
    private var window = RateWindow()
    /// Only the newest token is valid.
    private var token: Token?
    private var tokensIssued = 0
    /// Grows by the error rate with each request; a whole one is paid with a 500.
    private var errorDebt = 0.5

    private static let maximumItems = 1000

    init(_ behavior: SandboxBehavior, seed: UInt64, cookieCapacity: Int) {
        self.behavior = behavior
        ledger = Ledger(capacity: cookieCapacity)
        generator = SeededGenerator(seed: seed)
    }

    mutating func reset() {
        ledger.reset()
        window.clear()
    }

    mutating func expireToken() { token = nil }

    /// How long the next answer takes.
    mutating func delay() -> Duration {
        let jitter = behavior.faults.jitter > 0 ? Double.random(in: 0...behavior.faults.jitter, using: &generator) : 0
        return .milliseconds(behavior.faults.latency + jitter)
    }

    mutating func login(key: String?, now: Instant) -> Verdict {
        if behavior.faults.outage { return .drop(how: "outage") }
        if !behavior.loginScript.isEmpty, let verdict = scripted(behavior.loginScript.removeFirst(), items: nil) {
            return verdict
        }
        guard key != nil else { return .answer(400, "ProjectKey missing") }
        tokensIssued += 1
        let text = "token-\(tokensIssued)"
        token = Token(text: text, issued: now)
        return .answer(status: 200, body: #"{"AccessToken": "\#(text)"}"#, retryAfter: nil)
    }

    mutating func banners(_ call: BannerCall, now: Instant) -> Verdict {
        if behavior.faults.outage { return .drop(how: "outage") }
        if behavior.answersWebPage { return Self.webPage }
        if !behavior.bannerScript.isEmpty,
            let verdict = scripted(behavior.bannerScript.removeFirst(), items: call.items)
        {
            return verdict
        }
        if let limit = behavior.faults.rateLimit, !window.admits(now, limit: limit) {
            return throttle()
        }
        guard takeToken(call.token, now: now) else { return .answer(401, "token expired") }
        if let refusal = refusal(of: call) { return refusal }
        let items = call.items ?? []
        return fault(items) ?? success(items)
    }

    // MARK: Steps

    /// Whether the token is valid; a valid one is used once.
    private mutating func takeToken(_ text: String, now: Instant) -> Bool {
        guard let token, token.text == text else { return false }
        if let uses = behavior.tokenUses, token.uses >= uses { return false }
        if let lifetime = behavior.faults.tokenLifetime, now - token.issued >= .seconds(lifetime) { return false }
        self.token?.uses += 1
        return true
    }

    private mutating func refusal(of call: BannerCall) -> Verdict? {
        if !call.contentType.lowercased().contains("json") {
            ledger.blame("\(call.path): content type \(call.contentType)")
        }
        guard let items = call.items else {
            ledger.blame("\(call.path): malformed body")
            return .answer(400, "malformed")
        }
        ledger.saw(batchOf: items.count)
        guard (1...Self.maximumItems).contains(items.count) else {
            ledger.blame("\(call.path): \(items.count) records in a request")
            return .answer(400, "1 to 1000 records")
        }
        for item in items {
            guard (0...99).contains(item.banner) else {
                ledger.blame("\(call.path): banner \(item.banner)")
                return .answer(400, "BannerId out of range")
            }
            if behavior.refuses(item.cookie) { return .answer(400, "VisitorCookie refused") }
        }
        return nil
    }

    private mutating func fault(_ items: [BannerItem]) -> Verdict? {
        errorDebt += behavior.faults.errorRate
        if errorDebt >= 1 {
            errorDebt -= 1
            return .answer(500, "injected")
        }
        var draw = Double.random(in: 0..<1, using: &generator)
        func drawn(_ rate: Double) -> Bool {
            defer { draw -= rate }
            return draw >= 0 && draw < rate
        }
        if drawn(behavior.appliedErrorRate) {
            ledger.apply(items)
            return .answer(500, "injected")
        }
        if drawn(behavior.resetRate) { return .drop(how: "reset") }
        if drawn(behavior.appliedResetRate) {
            ledger.apply(items)
            return .drop(how: "reset")
        }
        return drawn(behavior.hangRate) ? .hang : nil
    }

    private mutating func success(_ items: [BannerItem]) -> Verdict {
        ledger.apply(items)
        return .answer(status: 200, body: behavior.answersGarbage ? "garbage" : "{}", retryAfter: nil)
    }

    /// What a portal answers that wants its users to sign in.
    private static let webPage = Verdict.answer(
        status: 200, body: "<!DOCTYPE html>\n<html><body>Sign in to use this network.</body></html>\n", retryAfter: nil)

    private func throttle() -> Verdict {
        .answer(
            status: 429, body: #"{"message": "too many requests"}"#, retryAfter: behavior.faults.retryAfter)
    }

    /// - Returns: `nil` when the script leaves the request to the usual treatment.
    private mutating func scripted(_ answer: ScriptedAnswer, items: [BannerItem]?) -> Verdict? {
        switch answer {
        case .status(200): return nil
        case .status(429): return throttle()
        case .status(503):
            return .answer(status: 503, body: #"{"message": "scripted"}"#, retryAfter: behavior.faults.retryAfter)
        case .status(let status): return .answer(status, "scripted")
        case .webPage: return Self.webPage
        case .applied(let status):
            ledger.apply(items ?? [])
            return .answer(status, "scripted")
        case .reset: return .drop(how: "reset")
        case .appliedReset:
            ledger.apply(items ?? [])
            return .drop(how: "reset")
        case .hang: return .hang
        case .text(let text): return .answer(status: 200, body: text, retryAfter: nil)
        }
    }
}
