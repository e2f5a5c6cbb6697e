import DeliveryModel
import Foundation
import Synchronization

/// Holds the newest snapshot for whoever asks, on any thread, and tells those who subscribe.
final class SnapshotPublisher: Sendable {
    private struct State {
        var newest: EngineSnapshot
        var subscribers: [Int: AsyncStream<EngineSnapshot>.Continuation] = [:]
        var nextSubscriber = 0
    }

    private let state: Mutex<State>

    init(_ first: EngineSnapshot) { state = Mutex(State(newest: first)) }

    var newest: EngineSnapshot { state.withLock { $0.newest } }

    func publish(_ snapshot: EngineSnapshot) {
        let subscribers = state.withLock { state in
            var snapshot = snapshot
            snapshot.generation = state.newest.generation + 1
            state.newest = snapshot
            return state.subscribers.values.map { ($0, snapshot) }
        }
        for (subscriber, snapshot) in subscribers { subscriber.yield(snapshot) }
    }

    func stream() -> AsyncStream<EngineSnapshot> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EngineSnapshot.self, bufferingPolicy: .bufferingNewest(1))
        let (number, newest) = state.withLock { state in
            state.nextSubscriber += 1
            state.subscribers[state.nextSubscriber] = continuation
            return (state.nextSubscriber, state.newest)
        }
        continuation.yield(newest)
        continuation.onTermination = { [self] _ in
            _ = state.withLock { $0.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    func finish() {
        let subscribers = state.withLock { Array($0.subscribers.values) }
        for subscriber in subscribers { subscriber.finish() }
    }
}
