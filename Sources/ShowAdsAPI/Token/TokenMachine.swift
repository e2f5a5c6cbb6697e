/// Which token is in use, when another is needed, and when it makes no sense to ask for more.
///
/// Each token has a generation. A refusal of an older one, that was in flight while the token was renewed, asks for
/// nothing. A generation is fruitless when all requests with it are answered, and every answer was a refusal: a token
/// that serves one request while sixteen are in flight is refused fifteen times and is not fruitless.
struct TokenMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Token: Hashable, Sendable {
        var text: String
        var generation: Int
        /// From then on the next request logs in, and the others keep using this token.
        fileprivate var renewal: Instant
        fileprivate var end: Instant
    }

    enum Need: Hashable, Sendable {
        case use(Token)
        case logIn
        /// Another request is logging in already.
        case wait
    }

    /// What an answer says about the token of its request.
    enum Verdict: Hashable, Sendable {
        case accepted
        case refused
        /// An error that may have come before anyone looked at the token.
        case unknown
    }

    enum Action: Hashable, Sendable {
        case nothing
        case sendAgain
        /// New tokens are refused, too: something else is wrong.
        case giveUp
    }

    private struct Trial {
        var inFlight = 0
        var refusals = 0
        var others = 0
    }

    private var token: Token?
    private var newest = 0
    private var isLoggingIn = false
    /// The present generation and those with requests in flight.
    private var trials: [Int: Trial] = [:]
    private var lastAccepted = 0
    /// The last generations that were fruitless, since one was accepted.
    private var fruitless: [Int] = []
    /// Tokens given up since one was accepted.
    private var discarded = 0

    /// Tokens last 24 h.
    private static let lifetime = Duration.seconds(24 * 3600)
    private static let renewalAge = Duration.seconds(23 * 3600 + 1800)
    /// After a renewal that failed while the token still serves.
    private static let renewalPause = Duration.seconds(60)
    /// The first token may have been revoked for a reason; two new ones in a row have not.
    private static let maximumFruitless = 3
    /// Where other errors between the refusals keep generations from being called fruitless.
    private static let maximumDiscarded = 10

    /// What a request has to do before it can leave. A token that is given out has to be answered for.
    mutating func need(now: Instant) -> Need {
        if let token, now < token.renewal || isLoggingIn, let token = spare(now: now) { return .use(token) }
        return beginLogin() ? .logIn : .wait
    }

    /// The present token as long as it lives, whether or not it should be renewed.
    mutating func spare(now: Instant) -> Token? {
        guard let token, now < token.end else { return nil }
        trials[token.generation, default: Trial()].inFlight += 1
        return token
    }

    /// - Returns: whether the caller has to log in; if not, somebody does already.
    mutating func beginLogin() -> Bool {
        guard !isLoggingIn else { return false }
        isLoggingIn = true
        return true
    }

    mutating func loggedIn(_ text: String, now: Instant) {
        isLoggingIn = false
        newest += 1
        let previous = token?.generation
        if let previous { excuse(previous) }
        token = Token(
            text: text, generation: newest, renewal: now + Self.renewalAge, end: now + Self.lifetime)
        if let previous { settle(previous) }
    }

    mutating func loginFailed(now: Instant) {
        isLoggingIn = false
        if let token, now < token.end { self.token?.renewal = min(token.end, now + Self.renewalPause) }
    }

    mutating func answered(_ generation: Int, _ verdict: Verdict) -> Action {
        trials[generation]?.inFlight -= 1
        switch verdict {
        case .accepted:
            trials[generation]?.others += 1
            lastAccepted = max(lastAccepted, generation)
            fruitless.removeAll { $0 <= generation }
            discarded = 0
        case .refused:
            trials[generation]?.refusals += 1
            if token?.generation == generation {
                if isLoggingIn { excuse(generation) }
                token = nil
                discarded += 1
            }
        case .unknown:
            trials[generation]?.others += 1
        }
        settle(generation)
        guard verdict == .refused else { return .nothing }
        return fruitless.count >= Self.maximumFruitless || discarded >= Self.maximumDiscarded ? .giveUp : .sendAgain
    }

    /// An API that knows one token at a time refuses the one that a login on request replaces; that proves nothing.
    private mutating func excuse(_ generation: Int) { trials[generation]?.others += 1 }

    /// Judges a generation of which nothing more will be heard.
    private mutating func settle(_ generation: Int) {
        guard let trial = trials[generation], trial.inFlight == 0, token?.generation != generation else { return }
        trials[generation] = nil
        guard trial.refusals > 0, trial.others == 0, generation > lastAccepted else { return }
        fruitless.append(generation)
        fruitless = fruitless.suffix(Self.maximumFruitless)
    }
}
