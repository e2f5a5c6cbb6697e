import DeliveryModel
import Synchronization

/// Tells of every run that ends, once each and in the order of their ends. Snapshots may skip one; these don't.
final class RunEndings: Sendable {
    private struct State {
        var subscribers: [Int: AsyncStream<RunSummary>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// What ends from now on.
    func stream() -> AsyncStream<RunSummary> {
        let (stream, continuation) = AsyncStream.makeStream(of: RunSummary.self)
        let number = state.withLock { state -> Int? in
            guard !state.isFinished else { return nil }
            defer { state.next += 1 }
            state.subscribers[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    func ended(_ summary: RunSummary) {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) { subscriber.yield(summary) }
    }

    /// Nothing ends any more.
    func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.finish() }
    }
}
