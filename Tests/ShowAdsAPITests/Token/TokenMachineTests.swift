import Testing

@testable import ShowAdsAPI

@Suite("The token machine")
struct TokenMachineTests {
    private var machine = TokenMachine()
    private let start = ContinuousClock.now

    /// Logs in and gives out the token so many times.
    private mutating func logIn(uses: Int = 1) {
        #expect(machine.need(now: start) == .logIn)
        machine.loggedIn("token", now: start)
        use(uses)
    }

    private mutating func use(_ times: Int = 1) {
        for _ in 0..<times {
            guard case .use = machine.need(now: start) else {
                Issue.record("no token is given out")
                return
            }
        }
    }

    private mutating func generation(at now: ContinuousClock.Instant) -> Int? {
        if case .use(let token) = machine.need(now: now) { token.generation } else { nil }
    }

    @Test("of many that need a token, the first logs in and the others wait")
    mutating func singleFlight() {
        #expect(machine.need(now: start) == .logIn)
        for _ in 0..<15 { #expect(machine.need(now: start) == .wait) }
        machine.loggedIn("token", now: start)
        #expect(generation(at: start) == 1)
    }

    @Test("a login that fails lets the next one try")
    mutating func failedLogin() {
        #expect(machine.need(now: start) == .logIn)
        machine.loginFailed(now: start)
        #expect(machine.need(now: start) == .logIn)
    }

    @Test("sixteen refusals of one token make one login")
    mutating func simultaneousRefusals() {
        logIn(uses: 16)
        _ = machine.answered(1, .accepted)
        for _ in 0..<3 { #expect(machine.answered(1, .refused) == .sendAgain) }
        #expect(machine.need(now: start) == .logIn)
        machine.loggedIn("second", now: start)
        for _ in 0..<12 { #expect(machine.answered(1, .refused) == .sendAgain) }
        #expect(generation(at: start) == 2)
    }

    @Test("a refusal of an old token leaves the new one in use")
    mutating func staleRefusal() {
        logIn(uses: 2)
        _ = machine.answered(1, .refused)
        logIn()
        #expect(machine.answered(1, .refused) == .sendAgain)
        #expect(generation(at: start) == 2)
    }

    @Test("three tokens in a row that are only refused end it, after three logins")
    mutating func alwaysRefused() {
        for generation in 1...2 {
            logIn()
            #expect(machine.answered(generation, .refused) == .sendAgain)
        }
        logIn()
        #expect(machine.answered(3, .refused) == .giveUp)
    }

    @Test("an API that refuses sixteen at a time ends it after three logins, too")
    mutating func alwaysRefusedInParallel() {
        for generation in 1...3 {
            logIn(uses: 16)
            let actions = (0..<16).map { _ in machine.answered(generation, .refused) }
            #expect(actions.dropLast().allSatisfy { $0 == .sendAgain })
            #expect(actions.last == (generation == 3 ? .giveUp : .sendAgain))
        }
    }

    @Test("a token that serves one request while sixteen are in flight never ends it", arguments: [0, 7, 15])
    mutating func shortLivedTokens(acceptedAt position: Int) {
        for generation in 1...50 {
            logIn(uses: 16)
            for answer in 0..<16 {
                let action = machine.answered(generation, answer == position ? .accepted : .refused)
                #expect(action == (answer == position ? .nothing : .sendAgain))
            }
        }
    }

    @Test("an acceptance that arrives after its token was given up still counts")
    mutating func lateAcceptance() {
        for generation in 1...20 {
            logIn(uses: 2)
            #expect(machine.answered(generation, .refused) == .sendAgain)
            if generation > 1 { #expect(machine.answered(generation - 1, .accepted) == .nothing) }
        }
    }

    @Test("a late acceptance of an old token does not speak for those after it")
    mutating func lateAcceptanceOfOldToken() {
        logIn(uses: 2)
        _ = machine.answered(1, .refused)
        for generation in 2...3 {
            logIn()
            _ = machine.answered(generation, .refused)
        }
        _ = machine.answered(1, .accepted)
        logIn()
        #expect(machine.answered(4, .refused) == .giveUp)
    }

    @Test("a generation with a request still in flight is not judged")
    mutating func unsettledGeneration() {
        for generation in 1...3 {
            logIn(uses: 2)
            #expect(machine.answered(generation, .refused) == .sendAgain)
        }
        #expect(machine.answered(1, .refused) == .sendAgain)
        #expect(machine.answered(2, .refused) == .sendAgain)
        #expect(machine.answered(3, .refused) == .giveUp)
    }

    @Test("server errors among the refusals defer the end, but not for ever")
    mutating func refusalsAmongErrors() {
        var generation = 0
        var action = TokenMachine.Action.nothing
        while action != .giveUp, generation < 100 {
            generation += 1
            logIn(uses: 2)
            #expect(machine.answered(generation, .unknown) == .nothing)
            action = machine.answered(generation, .refused)
        }
        #expect(generation == 10)
    }

    @Test("after the end, one acceptance makes everything good")
    mutating func recovery() {
        for generation in 1...3 {
            logIn()
            _ = machine.answered(generation, .refused)
        }
        logIn()
        #expect(machine.answered(4, .accepted) == .nothing)
        #expect(machine.answered(4, .refused) == .sendAgain)
        logIn()
        #expect(machine.answered(5, .refused) == .sendAgain)
    }

    @Test(
        "tokens that are refused because a login on request replaces them are not held against the API",
        arguments: [true, false])
    mutating func replacedTokens(isRefusedBeforeLoginEnds: Bool) {
        logIn(uses: 1)
        for generation in 1...9 {
            let leads = machine.beginLogin()
            #expect(leads)
            if isRefusedBeforeLoginEnds { #expect(machine.answered(generation, .refused) == .sendAgain) }
            machine.loggedIn("next", now: start)
            if !isRefusedBeforeLoginEnds { #expect(machine.answered(generation, .refused) == .sendAgain) }
            use(1)
        }
    }

    @Test("server errors alone keep the token")
    mutating func serverErrors() {
        logIn(uses: 100)
        for _ in 0..<100 { #expect(machine.answered(1, .unknown) == .nothing) }
        #expect(generation(at: start) == 1)
    }

    @Test("a token is renewed half an hour before its 24 hours are over, and serves until the new one is there")
    mutating func renewal() {
        logIn()
        let early = start + .seconds(23 * 3600 + 1799)
        let due = start + .seconds(23 * 3600 + 1800)
        #expect(generation(at: early) == 1)
        #expect(machine.need(now: due) == .logIn)
        #expect(generation(at: due) == 1)
        machine.loggedIn("second", now: due)
        #expect(generation(at: due) == 2)
        #expect(generation(at: due + .seconds(23 * 3600)) == 2)
    }

    @Test("a renewal that fails is tried again in a minute, while the old token lasts")
    mutating func failedRenewal() {
        logIn()
        let due = start + .seconds(23 * 3600 + 1800)
        #expect(machine.need(now: due) == .logIn)
        machine.loginFailed(now: due)
        #expect(machine.spare(now: due)?.generation == 1)
        #expect(generation(at: due + .seconds(59)) == 1)
        #expect(machine.need(now: due + .seconds(60)) == .logIn)
    }

    @Test("a token is not used when its 24 hours are over")
    mutating func expiry() {
        logIn()
        let over = start + .seconds(24 * 3600)
        #expect(machine.need(now: over) == .logIn)
        #expect(machine.need(now: over) == .wait)
        machine.loginFailed(now: over)
        #expect(machine.spare(now: over) == nil)
    }
}
