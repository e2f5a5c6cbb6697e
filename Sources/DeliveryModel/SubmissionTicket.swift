import Synchronization

/// The outcome of one single submission, for the one who waits for it.
public final class SubmissionTicket: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<SubmissionOutcome, Never>)
        case settled(SubmissionOutcome)
    }

    private let state = Mutex(State.open)

    public init() {}

    /// The first outcome counts.
    public func settle(_ outcome: SubmissionOutcome) {
        let waiter = state.withLock { state -> CheckedContinuation<SubmissionOutcome, Never>? in
            switch state {
            case .settled:
                return nil
            case .open:
                state = .settled(outcome)
                return nil
            case .waiting(let waiter):
                state = .settled(outcome)
                return waiter
            }
        }
        waiter?.resume(returning: outcome)
    }

    /// Waits until it is settled. One task at a time may wait.
    public func outcome() async -> SubmissionOutcome {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> SubmissionOutcome? in
                if case .settled(let outcome) = state { return outcome }
                state = .waiting(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
