import Synchronization
import TestSupport
import Testing

@testable import ShowAdsAPI

@Suite("The token source")
struct TokenSourceTests {
    private static let loggedIn = APIResponse(.applied, label: "200", duration: .zero, phase: .auth)

    /// A login that a test ends when it likes.
    private final class Gate: Sendable {
        private let logins = AsyncStream<CheckedContinuation<TokenSource.Login, Never>>.makeStream()
        private let count = Mutex(0)

        var loginCount: Int { count.withLock { $0 } }

        @Sendable func logIn() async -> TokenSource.Login {
            count.withLock { $0 += 1 }
            return await withCheckedContinuation { logins.continuation.yield($0) }
        }

        func next() async throws -> CheckedContinuation<TokenSource.Login, Never> {
            var iterator = logins.stream.makeAsyncIterator()
            return try #require(await iterator.next())
        }
    }

    private static func generation(_ grant: TokenSource.Grant) -> Int? {
        if case .token(let token) = grant { token.generation } else { nil }
    }

    @Test("sixteen that ask at once share one login")
    func singleFlight() async throws {
        let source = TokenSource()
        let gate = Gate()
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<16 { group.addTask { Self.generation(await source.token(gate.logIn)) } }
            try await gate.next().resume(returning: .token("text", Self.loggedIn))
            for try await generation in group { #expect(generation == 1) }
        }
        #expect(gate.loginCount == 1)
    }

    @Test("a failed login is everybody's answer, and counts as a request once")
    func sharedFailure() async throws {
        let source = TokenSource()
        let gate = Gate()
        let failure = APIResponse(
            .transient(.status(500), mayHaveBeenApplied: false), label: "500", duration: .zero, phase: .auth)
        let answers = try await withThrowingTaskGroup(of: APIResponse?.self) { group in
            group.addTask { Self.failure(await source.token(gate.logIn)) }
            let login = try await gate.next()
            for _ in 0..<15 { group.addTask { Self.failure(await source.token(gate.logIn)) } }
            try await source.waiting(15)
            login.resume(returning: .failed(failure))
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0?.label == "500" })
        #expect(answers.count { $0?.isShared == false } == 1)
        #expect(gate.loginCount == 1)
    }

    @Test("when the one who logs in is cancelled, another takes over")
    func cancelledLeader() async throws {
        let source = TokenSource()
        let gate = Gate()
        let cancelled = APIResponse(
            .transient(.cancelled, mayHaveBeenApplied: false), label: "cancelled", duration: .zero, phase: .auth)
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { Self.generation(await source.token(gate.logIn)) }
            let first = try await gate.next()
            group.addTask { Self.generation(await source.token(gate.logIn)) }
            try await source.waiting(1)
            first.resume(returning: .failed(cancelled))
            try await gate.next().resume(returning: .token("text", Self.loggedIn))
            let generations = try await group.reduce(into: Set()) { $0.insert($1) }
            #expect(generations == [nil, 1])
        }
    }

    @Test("one who waits and is cancelled does not wait for the login to end")
    func cancelledWaiter() async throws {
        let source = TokenSource()
        let gate = Gate()
        async let leader = source.token(gate.logIn)
        let login = try await gate.next()
        let waiter = Task { Self.failure(await source.token(gate.logIn)) }
        try await source.waiting(1)
        waiter.cancel()
        #expect(await waiter.value?.outcome == .transient(.cancelled, mayHaveBeenApplied: false))
        login.resume(returning: .token("text", Self.loggedIn))
        #expect(Self.generation(await leader) == 1)
    }

    @Test("a login on request serves those who wait for a token")
    func renewalServesWaiters() async throws {
        let source = TokenSource()
        let gate = Gate()
        async let test = source.renew(gate.logIn)
        let login = try await gate.next()
        async let grant = source.token(gate.logIn)
        try await source.waiting(1)
        login.resume(returning: .token("text", Self.loggedIn))
        #expect(await test.outcome == .applied)
        #expect(Self.generation(await grant) == 1)
        #expect(gate.loginCount == 1)
    }

    private static func failure(_ grant: TokenSource.Grant) -> APIResponse? {
        if case .failed(let answer) = grant { answer } else { nil }
    }
}

extension TokenSource {
    /// Returns when so many wait for a login.
    fileprivate func waiting(_ count: Int) async throws {
        try await until { state.withLock { $0.waiting.count } >= count }
    }
}
