import DeliveryModel
import Foundation
import Synchronization

/// Holds the newest snapshot for whoever asks, on any thread, and tells those who listen.
final class SnapshotPublisher: Sendable {
    private struct State {
        var newest: EngineSnapshot
        var listeners: [Int: AsyncStream<EngineSnapshot>.Continuation] = [:]
        var nextListener = 0
    }

    private let state: Mutex<State>

    init(_ first: EngineSnapshot) { state = Mutex(State(newest: first)) }

    var newest: EngineSnapshot { state.withLock { $0.newest } }

    func publish(_ snapshot: EngineSnapshot) {
        let listeners = state.withLock { state in
            var snapshot = snapshot
            snapshot.generation = state.newest.generation + 1
            state.newest = snapshot
            return state.listeners.values.map { ($0, snapshot) }
        }
        for (listener, snapshot) in listeners { listener.yield(snapshot) }
    }

    func stream() -> AsyncStream<EngineSnapshot> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EngineSnapshot.self, bufferingPolicy: .bufferingNewest(1))
        let (number, newest) = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return (state.nextListener, state.newest)
        }
        continuation.yield(newest)
        continuation.onTermination = { [self] _ in
            _ = state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func finish() {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.finish() }
    }
}
