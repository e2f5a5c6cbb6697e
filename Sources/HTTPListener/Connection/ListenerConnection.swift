import DeliveryModel
import NIOCore
import Synchronization

/// What requests need to know of the connection they came on.
final class ListenerConnection: Sendable {
    private enum State {
        case open
        /// Somebody is to be told when it is interrupted.
        case waiting(@Sendable () -> Void)
        case interrupted
    }

    /// Unique among the connections of this process.
    let number: Int
    /// The client's address, without its port.
    let client: String

    private let eventLoop: any EventLoop
    private let state = Mutex(State.open)

    init(number: Int, client: String, eventLoop: any EventLoop) {
        self.number = number
        self.client = client
        self.eventLoop = eventLoop
    }

    /// Nobody waits for the outcome any more: the client has hung up, or the listener is about to stop.
    func interrupt() {
        let interrupted = state.withLock { state -> (@Sendable () -> Void)? in
            defer { state = .interrupted }
            if case .waiting(let interrupted) = state { return interrupted }
            return nil
        }
        interrupted?()
    }

    /// Waits for the outcome of a submission, but no longer than `limit`, nor than anybody is interested in it.
    func outcome(of receipt: SubmissionReceipt, atMost limit: Duration) async -> SubmissionOutcome {
        let timeout = eventLoop.scheduleTask(in: TimeAmount(limit)) { receipt.stopWaiting() }
        if !whenInterrupted({ receipt.stopWaiting() }) { receipt.stopWaiting() }
        let outcome = await receipt.outcome()
        timeout.cancel()
        _ = stopWatching()
        return outcome
    }

    /// Has something called on the connection's event loop after a while.
    func schedule(in time: TimeAmount, _ action: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: time, action)
    }

    /// Waits for a result, but no longer than `limit`, nor than anybody is interested in it.
    /// - Returns: `nil` when it was not there in time; the operation has been canceled.
    func wait<Value: Sendable>(
        atMost limit: Duration, for operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await operation() }
            group.addTask {
                await self.interruption()
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            return try await group.next() ?? nil
        }
    }

    /// Returns when the connection is interrupted or the task is canceled.
    private func interruption() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !whenInterrupted({ continuation.resume() }) { continuation.resume() }
            }
        } onCancel: {
            stopWatching()?()
        }
    }

    /// Has something called when the connection is interrupted. One at a time may be told.
    /// - Returns: whether it is still open, and the task not canceled.
    private func whenInterrupted(_ action: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            // Asked here, since what cancels the task takes the action out again, or comes before.
            if Task.isCancelled { return false }
            if case .interrupted = state { return false }
            state = .waiting(action)
            return true
        }
    }

    /// - Returns: what would have been called.
    private func stopWatching() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard case .waiting(let action) = state else { return nil }
            state = .open
            return action
        }
    }
}
