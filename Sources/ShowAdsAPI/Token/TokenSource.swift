import Synchronization

/// Hands out the token; however many ask at once, one logs in and the others wait for it.
final class TokenSource: Sendable {
    typealias Login = TokenLogin

    enum Grant: Sendable {
        case token(TokenMachine.Token)
        /// No token, and why.
        case failed(APIResponse)
    }

    /// What somebody who does not log in gets to know of a login.
    enum Ending: Sendable {
        case loggedIn(APIResponse)
        case failed(APIResponse)
        /// Whoever logged in was canceled, or the one who waits: nothing is known.
        case abandoned
    }

    enum Turn: Sendable {
        case use(TokenMachine.Token)
        case logIn
        case ended(Ending)
    }

    struct State {
        var machine = TokenMachine()
        var waiting: [Int: CheckedContinuation<Turn, Never>] = [:]
        var waiters = 0
    }

    let state = Mutex(State())
    private let clock = ContinuousClock()

    /// - Parameter logIn: asks the API for a token; called by one at a time.
    func token(_ logIn: () async -> Login) async -> Grant {
        while true {
            switch await turn({ $0.need(now: $1) }) {
            case .use(let token):
                return .token(token)
            case .logIn:
                let login = await logIn()
                conclude(login)
                guard case .failed(let answer) = login else { continue }
                let spare = state.withLock { $0.machine.spare(now: clock.now) }
                return spare.map(Grant.token) ?? .failed(answer)
            case .ended(.loggedIn):
                continue
            case .ended(.failed(let answer)):
                return .failed(answer.shared)
            case .ended(.abandoned):
                if Task.isCancelled { return .failed(.cancelledLogin) }
            }
        }
    }

    /// Logs in now, whatever the present token is.
    func renew(_ logIn: () async -> Login) async -> APIResponse {
        while true {
            switch await turn({ machine, _ in machine.beginLogin() ? .logIn : .wait }) {
            case .use:
                continue
            case .logIn:
                let login = await logIn()
                conclude(login)
                switch login {
                case .token(_, let answer), .failed(let answer): return answer
                }
            case .ended(.loggedIn(let answer)), .ended(.failed(let answer)):
                return answer.shared
            case .ended(.abandoned):
                if Task.isCancelled { return .cancelledLogin }
            }
        }
    }

    /// Tells what the answer to a request with that generation's token was.
    func answered(_ generation: Int, _ verdict: TokenMachine.Verdict) -> TokenMachine.Action {
        state.withLock { $0.machine.answered(generation, verdict) }
    }

    /// What is to be done now; returns when a login that is under way has ended.
    private func turn(
        _ need: @escaping @Sendable (inout TokenMachine, TokenMachine.Instant) -> TokenMachine.Need
    ) async -> Turn {
        let now = clock.now
        let id = state.withLock { state in
            state.waiters += 1
            return state.waiters
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Turn, Never>) in
                let turn: Turn? = state.withLock { state in
                    switch need(&state.machine, now) {
                    case .use(let token): return .use(token)
                    case .logIn: return .logIn
                    case .wait:
                        if Task.isCancelled { return .ended(.abandoned) }
                        state.waiting[id] = continuation
                        return nil
                    }
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: .ended(.abandoned))
        }
    }

    private func conclude(_ login: Login) {
        let ending: Ending
        switch login {
        case .token(_, let answer): ending = .loggedIn(answer)
        case .failed(let answer): ending = answer.isCancelled ? .abandoned : .failed(answer)
        }
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            switch login {
            case .token(let text, _): state.machine.loggedIn(text, now: clock.now)
            case .failed: state.machine.loginFailed(now: clock.now)
            }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: .ended(ending)) }
    }
}

extension APIResponse {
    fileprivate var isCancelled: Bool {
        outcome.fault?.kind == .cancelled
    }

    fileprivate var shared: APIResponse {
        var copy = self
        copy.isShared = true
        return copy
    }

    fileprivate static let cancelledLogin = APIResponse(
        .transient(.cancelled, mayHaveBeenApplied: false), label: "cancelled", duration: .zero,
        phase: .auth, isShared: true)
}
