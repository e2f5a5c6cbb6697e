import DeliveryModel
import Synchronization

/// The outcome of one single submission, for whoever waits for it.
final class SubmissionTicket: Sendable {
    private struct State {
        var outcome: SubmissionOutcome?
        var waiters: [Int: CheckedContinuation<SubmissionOutcome, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    func settle(_ outcome: SubmissionOutcome) {
        let waiters = state.withLock { state in
            state.outcome = outcome
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    /// Waits for the outcome; a cancelled wait answers `.pending`.
    func outcome() async -> SubmissionOutcome {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: SubmissionOutcome? = state.withLock { state in
                    if let outcome = state.outcome { return outcome }
                    if Task.isCancelled { return .pending }
                    state.waiters[number] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: .pending)
        }
    }
}
