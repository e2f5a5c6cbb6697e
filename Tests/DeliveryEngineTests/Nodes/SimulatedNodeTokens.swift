import DeliveryModel

@testable import DeliveryEngine
@testable import SharedJournal
@testable import ShowAdsAPI

/// One node's token: the real machine, and the login that all nodes share.
final class SimulatedNodeTokens {
    struct LoginFailure: Error { var answer: APIResponse }
    typealias Login = Result<Int, LoginFailure>

    private var machine = TokenMachine()
    private var waiting: [(Login) -> Void] = []
    private var last: Int?
    private unowned let node: SimulatedNode

    init(_ node: SimulatedNode) { self.node = node }

    private var cluster: SimulatedCluster { node.cluster }

    func acquire(_ then: @escaping (Result<TokenMachine.Token, LoginFailure>) -> Void) {
        switch machine.need(now: cluster.instant) {
        case .use(let token): then(.success(token))
        case .wait: waiting.append { [self] in served($0, then) }
        case .logIn: logIn(mustLogIn: false) { [self] in served($0, then) }
        }
    }

    private func served(_ login: Login, _ then: @escaping (Result<TokenMachine.Token, LoginFailure>) -> Void) {
        switch login {
        case .success: acquire(then)
        case .failure(let failure):
            then(machine.spare(now: cluster.instant).map { .success($0) } ?? .failure(failure))
        }
    }

    /// A login that nobody's records wait for.
    func renew(_ then: @escaping (APIResponse) -> Void) {
        func answered(_ login: Login) {
            switch login {
            case .success: then(SimulatedNode.answer(.applied, .auth))
            case .failure(let failure): then(failure.answer)
            }
        }
        if machine.beginLogin() { logIn(mustLogIn: true, answered) } else { waiting.append(answered) }
    }

    func answered(_ token: TokenMachine.Token, _ outcome: APIOutcome) -> APIOutcome {
        let verdict: TokenMachine.Verdict =
            switch outcome {
            case .applied, .refused: .accepted
            case .tokenRefused: .refused
            default: .unknown
            }
        guard machine.answered(token.generation, verdict) == .giveUp else { return outcome }
        return .misconfigured(status: 401, message: "every token is refused")
    }

    // MARK: The login

    private func logIn(mustLogIn: Bool, _ then: @escaping (Login) -> Void) {
        takeTurn(mustLogIn: mustLogIn, until: cluster.time + SharedLogin.patience) { [self] login in
            if case .success(let token) = login {
                last = token
                machine.loggedIn(String(token), now: cluster.instant)
            } else {
                machine.loginFailed(now: cluster.instant)
            }
            let others = waiting
            waiting = []
            then(login)
            for other in others { other(login.mapError { LoginFailure(answer: Self.shared($0.answer)) }) }
        }
    }

    private static func shared(_ answer: APIResponse) -> APIResponse {
        var answer = answer
        answer.isShared = true
        return answer
    }

    private func takeTurn(mustLogIn: Bool, until deadline: Double, _ then: @escaping (Login) -> Void) {
        let (id, old, canUse) = (node.membership.id, last, !node.hasWrongKey)
        guard cluster.database.defect != .ownTokens else { return askForToken(id, then) }
        cluster.travel(node, within: 5) { [self] (answer: Result<SharedLogin.Turn, SimulatedDatabase.Fault>) in
            switch answer {
            case .success(.use(let token)): then(.success(token))
            case .success(.wait) where cluster.time < deadline:
                node.later(0.1) { [self] in takeTurn(mustLogIn: mustLogIn, until: deadline, then) }
            // A database that is away says nothing: requests wait for it anyway, the login need not.
            case .success, .failure: askForToken(id, then)
            }
        } asking: { database, clock throws(SimulatedDatabase.Fault) in
            database.token.turn(of: id, replacing: old, mustLogIn: mustLogIn, canUse: canUse, clock: clock)
        }
    }

    private func askForToken(_ id: String, _ then: @escaping (Login) -> Void) {
        // What the API does when it is asked, it does whatever becomes of the node.
        cluster.later(0.02) { [self] in
            let outcome = node.hasWrongKey ? SimulatedNode.wrongKey : cluster.loginOutcome()
            let token = outcome == .applied ? cluster.logIn() : nil
            cluster.tell("\(id) logs in: \(SimulatedWorld.label(outcome))")
            let answer = SimulatedNode.answer(outcome, .auth)
            node.later(cluster.delay(0...0.05)) { [self] in
                cluster.travel(node, within: 5) { (_: Result<Void, SimulatedDatabase.Fault>) in
                    then(token.map { .success($0) } ?? .failure(LoginFailure(answer: answer)))
                } asking: { database, _ throws(SimulatedDatabase.Fault) in
                    database.token.conclude(id, token)
                }
            }
        }
    }
}
