import NIOCore
import Synchronization

/// What requests need to know of the connection they came on.
final class ListenerConnection: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Void, Never>)
        case interrupted
    }

    /// Unique among the connections of this process.
    let number: Int
    /// The client's address, without its port.
    let client: String

    private let state = Mutex(State.open)
    private let isAbandoned = Atomic(false)

    init(number: Int, client: String) {
        self.number = number
        self.client = client
    }

    /// Whether the client has hung up, and will not read its answer.
    var clientHasLeft: Bool { isAbandoned.load(ordering: .relaxed) }

    func clientLeft() {
        isAbandoned.store(true, ordering: .relaxed)
        interrupt()
    }

    /// Nobody waits for the outcome any more: the client has hung up, or the listener is about to stop.
    func interrupt() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .interrupted }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume()
    }

    /// Returns when the connection is interrupted or the task is cancelled. One task at a time may wait.
    func interruption() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .open = state, !Task.isCancelled {
                        state = .waiting(continuation)
                        return false
                    }
                    return true
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard case .waiting(let continuation) = state else { return nil }
                state = .open
                return continuation
            }
            waiting?.resume()
        }
    }

    /// Waits for a result, but no longer than `limit`, nor than anybody is interested in it.
    /// - Returns: `nil` when it was not there in time; the operation has been cancelled.
    func wait<Outcome: Sendable>(
        atMost limit: Duration? = nil, for operation: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome? {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await operation() }
            group.addTask {
                await self.interruption()
                return nil
            }
            if let limit {
                group.addTask {
                    try? await Task.sleep(for: limit)
                    return nil
                }
            }
            return try await group.next() ?? nil
        }
    }
}
