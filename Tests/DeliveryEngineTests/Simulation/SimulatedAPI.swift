import DeliveryModel
import ShowAdsAPI
import TestSupport

@testable import DeliveryEngine
@testable import ShowAdsAPI

/// The ShowAds API as it may be: well, slow, throttling, failing, hanging, wrong, away.
struct SimulatedAPI {
    enum Weather: String, CaseIterable {
        case healthy, slow, throttling, pausing, failing, overloaded, resetting, hanging, refusingTokens, failingLogins,
            expiring
        case hangingLogins, missing, portal, refusingAll, away
    }

    var weather = Weather.healthy
    /// How often each record was applied.
    var applied: [Int: Int] = [:]
    /// Records in requests of which nobody knows whether they were applied.
    var recordsInDoubt = 0
    /// Records that are refused whatever happens.
    var refused: Set<Int> = []
    /// Records that break the API: a request with one of them is answered 500 whatever happens.
    var breaking: Set<Int> = []
}

extension SimulatedAPI {
    /// How the API answers a request now; what it applies is in the ledger when this returns.
    mutating func outcome(of identities: [Int], random: inout SeededGenerator) -> APIOutcome {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        func mayBe(_ kind: APIOutcome.Fault.Kind, retryAfter: RetryAfter? = nil) -> APIOutcome {
            if chance(0.5) { apply(identities) }
            return .transient(
                APIOutcome.Fault(kind, by: "the API", retryAfter: retryAfter), mayHaveBeenApplied: true)
        }
        switch weather {
        case .throttling: return .throttled(retryAfter: nil)
        case .pausing: return .throttled(retryAfter: RetryAfter(.seconds(number(1...40))))
        case .failing: return mayBe(.status(500))
        case .overloaded: return mayBe(.status(503), retryAfter: RetryAfter(.seconds(number(1...20))))
        case .expiring: if chance(0.2) { return .tokenRefused } else { return mayBe(.status(500)) }
        case .portal: return mayBe(.webPage(status: 200))
        case .resetting: return mayBe(.reset)
        case .hanging: return mayBe(.timeout)
        case .refusingTokens: return .tokenRefused
        case .missing: return .misconfigured(status: 404, message: "the API answers 404")
        case .away: return Self.unapplied(.connect(.refused))
        case .refusingAll: return .refused(status: 400, answer: "")
        case .healthy, .slow, .failingLogins, .hangingLogins: break
        }
        guard breaking.isDisjoint(with: identities) else { return mayBe(.status(500)) }
        guard refused.isDisjoint(with: identities) else { return .refused(status: 400, answer: "") }
        apply(identities)
        return .applied
    }

    private mutating func apply(_ identities: [Int]) {
        for identity in identities { applied[identity, default: 0] += 1 }
    }

    static func unapplied(_ kind: APIOutcome.Fault.Kind) -> APIOutcome {
        .transient(APIOutcome.Fault(kind, by: "the API"), mayHaveBeenApplied: false)
    }
}

extension SimulatedWorld {
    func outcome(of identities: [Int]) -> APIOutcome { api.outcome(of: identities, random: &random) }

    /// Seconds until an answer comes.
    func latency() -> Double {
        switch api.weather {
        case .hanging: 30
        case .slow: delay(0.5...5)
        default: delay(0.002...0.06)
        }
    }

    func loginOutcome() -> APIOutcome {
        switch api.weather {
        case .failingLogins: SimulatedAPI.unapplied(.status(500))
        case .expiring: chance(0.5) ? SimulatedAPI.unapplied(.status(500)) : .applied
        case .hangingLogins: SimulatedAPI.unapplied(.timeout)
        case .away: SimulatedAPI.unapplied(.connect(.refused))
        case .missing: chance(0.5) ? .misconfigured(status: 404, message: "the API answers 404") : .applied
        case .pausing: .throttled(retryAfter: RetryAfter(.seconds(number(1...10))))
        default: .applied
        }
    }

    func loginLatency() -> Double {
        switch api.weather {
        case .hangingLogins: 30
        case .failingLogins, .expiring: delay(0.01...4)
        default: delay(0.002...0.1)
        }
    }

    static func label(_ outcome: APIOutcome) -> String {
        switch outcome {
        case .applied: "200"
        case .refused(let status, _), .misconfigured(let status, _): String(status)
        case .tokenRefused: "401"
        case .throttled: "429"
        case .transient(let fault, _): fault.label
        }
    }
}

/// The client's token, shared by all requests: the real machine without its locks and tasks.
final class SimulatedTokens {
    private var machine = TokenMachine()
    private var waiting: [(id: Int, then: (Result<TokenMachine.Token, LoginFailure>) -> Void)] = []
    private unowned let world: SimulatedWorld
    private let isCurrent: () -> Bool

    struct LoginFailure: Error { var answer: APIResponse }

    init(_ world: SimulatedWorld, isCurrent: @escaping () -> Bool) {
        self.world = world
        self.isCurrent = isCurrent
    }

    func acquire(_ id: Int, then: @escaping (Result<TokenMachine.Token, LoginFailure>) -> Void) {
        switch machine.need(now: world.moment.instant) {
        case .use(let token): then(.success(token))
        case .wait: waiting.append((id, then))
        case .logIn:
            logIn { [self] answer, isShared in
                if answer.outcome == .applied { return acquire(id, then: then) }
                if let token = machine.spare(now: world.moment.instant) { return then(.success(token)) }
                then(.failure(LoginFailure(answer: answer)))
            }
        }
    }

    /// A login that nobody's records wait for.
    func renew(_ then: @escaping (APIResponse) -> Void) {
        guard machine.beginLogin() else {
            waiting.append(
                (
                    -1,
                    { result in
                        switch result {
                        case .success: then(Self.answer(.applied))
                        case .failure(let failure): then(failure.answer)
                        }
                    }
                ))
            return
        }
        logIn { answer, _ in then(answer) }
    }

    func answered(_ generation: Int, _ outcome: APIOutcome) -> APIOutcome {
        let verdict: TokenMachine.Verdict =
            switch outcome {
            case .applied, .refused: .accepted
            case .tokenRefused: .refused
            default: .unknown
            }
        guard machine.answered(generation, verdict) == .giveUp else { return outcome }
        return .misconfigured(status: 401, message: "every token is refused")
    }

    private func logIn(_ then: @escaping (APIResponse, Bool) -> Void) {
        let outcome = world.loginOutcome()
        world.later(world.loginLatency()) { [self] in
            guard isCurrent() else { return }
            let answer = Self.answer(outcome)
            world.tell("login answered \(answer.label)")
            let now = world.moment.instant
            if outcome == .applied { machine.loggedIn("token", now: now) } else { machine.loginFailed(now: now) }
            let waiters = waiting
            waiting = []
            then(answer, false)
            var shared = answer
            shared.isShared = true
            for waiter in waiters {
                if outcome == .applied {
                    if waiter.id < 0 {
                        waiter.then(.failure(LoginFailure(answer: shared)))
                    } else {
                        acquire(waiter.id, then: waiter.then)
                    }
                } else {
                    waiter.then(.failure(LoginFailure(answer: shared)))
                }
            }
        }
    }

    private static func answer(_ outcome: APIOutcome) -> APIResponse {
        APIResponse(outcome, label: SimulatedWorld.label(outcome), duration: .milliseconds(10), phase: .auth)
    }
}
