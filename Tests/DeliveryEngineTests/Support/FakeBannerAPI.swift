import CustomerRecords
import DeliveryEngine
import ShowAdsAPI
import Synchronization
import TestSupport

/// An API without a network: it answers as the test says and remembers what it applied.
final class FakeBannerAPI: BannerAPI {
    /// What a request asks for.
    struct Request: Sendable {
        /// Grows by one with every request, from 0.
        var number: Int
        var cookies: [String]
        var path: BannerPath
        var needsNewConnection: Bool
    }

    /// What a request is answered. An outcome `.applied`, or one that may have been applied, puts it in the ledger.
    typealias Rule = @Sendable (Request) -> APIOutcome

    struct Ledger: Sendable {
        var requests: [Request] = []
        var inFlight = 0
        var cookies: [String: Int] = [:]

        var duplicates: Int { cookies.values.reduce(0) { $0 + $1 - 1 } }
    }

    private struct Waiter {
        var condition: @Sendable (Ledger) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var rule: Rule
        var ledger = Ledger()
        var holds: (@Sendable (Request) -> Bool)?
        var held: [CheckedContinuation<Void, Never>] = []
        var waiters: [Waiter] = []
        /// The test's time is over: nothing is waited for any more.
        var isCancelled = false
    }

    let host = "api.test"
    private let state: Mutex<State>

    init(_ rule: @escaping Rule = { _ in .applied }) { state = Mutex(State(rule: rule)) }

    var ledger: Ledger { state.withLock { $0.ledger } }

    func setRule(_ rule: @escaping Rule) { state.withLock { $0.rule = rule } }

    /// From now on such requests stay in flight until `release`.
    func hold(where condition: @escaping @Sendable (Request) -> Bool = { _ in true }) {
        state.withLock { $0.holds = condition }
    }

    func release() {
        let held = state.withLock { state in
            state.holds = nil
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Waits until the ledger fulfills the condition, or the test is canceled.
    func until(_ condition: @escaping @Sendable (Ledger) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.isCancelled || condition(state.ledger) { return true }
                    state.waiters.append(Waiter(condition: condition, continuation: continuation))
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
    }

    private func cancel() {
        let waiting = state.withLock { state in
            state.isCancelled = true
            defer { state.waiters = [] }
            return state.waiters.map(\.continuation)
        }
        for continuation in waiting { continuation.resume() }
        release()
    }

    // MARK: BannerAPI

    func send(_ request: BannerRequest) async -> APIResponse {
        let cookies = request.records.map { request.batch.customer(at: $0).cookie }
        let asked = change { state in
            let asked = Request(
                number: state.ledger.requests.count, cookies: cookies, path: request.path,
                needsNewConnection: request.needsNewConnection)
            state.ledger.requests.append(asked)
            state.ledger.inFlight += 1
            return asked
        }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                let isHeld = state.holds?(asked) == true
                if isHeld { state.held.append(continuation) }
                return isHeld
            }
            if !isHeld { continuation.resume() }
        }
        let outcome = change { state in
            let outcome = state.rule(asked)
            state.ledger.inFlight -= 1
            switch outcome {
            case .applied, .transient(_, mayHaveBeenApplied: true):
                for cookie in cookies { state.ledger.cookies[cookie, default: 0] += 1 }
            default: break
            }
            return outcome
        }
        return APIResponse(outcome, label: Self.label(outcome), duration: .milliseconds(1), phase: .banners)
    }

    func logIn() async -> APIResponse { APIResponse(.applied, label: "200", duration: .milliseconds(1), phase: .auth) }

    func shutdown() async { release() }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, fulfilled) = state.withLock { state in
            let value = body(&state)
            let ledger = state.ledger
            let fulfilled = state.waiters.filter { $0.condition(ledger) }.map(\.continuation)
            state.waiters.removeAll { $0.condition(ledger) }
            return (value, fulfilled)
        }
        for continuation in fulfilled { continuation.resume() }
        return value
    }

    private static func label(_ outcome: APIOutcome) -> String {
        switch outcome {
        case .applied: "200"
        case .refused(let status, _), .misconfigured(let status, _): String(status)
        case .tokenRefused: "401"
        case .throttled: "429"
        case .transient(let fault, _): fault.label
        }
    }
}
