import Synchronization
public import Testing

/// Tests that compute for seconds, or start many processes, take turns: all at once they would leave no time for those
/// that wait for something to happen.
public struct TurnTrait: SuiteTrait, TestTrait, TestScoping {
    private let turns: Turns

    fileprivate init(_ turns: Turns) { self.turns = turns }

    public var isRecursive: Bool { true }

    public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await turns.take()
        defer { turns.give() }
        try await body()
    }
}

extension Trait where Self == TurnTrait {
    /// For tests that compute for seconds: one at a time.
    public static var computing: Self { TurnTrait(.computing) }
    /// For tests that start the program: a few at a time.
    public static var program: Self { TurnTrait(.program) }
}

/// Places that are taken in the order in which they were asked for.
private final class Turns: Sendable {
    static let computing = Turns(places: 1)
    static let program = Turns(places: 6)

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(places: Int) { state = Mutex(State(free: places)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
