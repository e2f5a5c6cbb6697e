import DeliveryModel
import ShowAdsAPI

/// The life of a batch, or of a part of one that was refused: what each event means and what has to be done.
/// It does nothing itself.
struct BatchMachine: Hashable, Sendable {
    enum State: Hashable, Sendable {
        /// Formed; its intent is not durable, so nothing of it may leave.
        case planned
        /// May leave.
        case ready
        case inFlight
        /// Waits for its next attempt.
        case backingOff
        case acknowledged
        case split
        case failed
        /// The run ends; the records stay for its resumption.
        case withdrawn
    }

    enum Event: Hashable, Sendable {
        case intentCommitted
        case sent
        /// - Parameters:
        ///   - isCharged: whether the attempt counts; a probe of the open breaker and a failed login do not.
        case answered(Outcome, isCharged: Bool)
        case backoffEnded
        case withdraw
    }

    enum Action: Hashable, Sendable {
        case nothing
        case acknowledge
        /// Send again after a pause.
        /// - Parameters:
        ///   - attempt: how often it was answered this way, for the backoff.
        ///   - mayHaveBeenApplied: count its records as possible duplicates, durably, before it leaves again.
        case backOff(RetryPolicy.Cause, attempt: Int, retryAfter: Duration?, mayHaveBeenApplied: Bool)
        case sendAgain
        case split(at: Int)
        case fail(FailedRecord.Class, status: String, message: String, mayHaveBeenApplied: Bool)
        case stopRun(reason: String)
    }

    let records: Range<Int>
    /// Whether it is a batch as it was read, not a part.
    let isWhole: Bool
    let maximumAttempts: Int
    private(set) var state: State
    /// Requests that were answered in a way that counts: a pause or another token that the API asked for does not.
    private(set) var attempts = 0
    private var transientFaults = 0

    init(records: Range<Int>, isWhole: Bool, maximumAttempts: Int, state: State = .planned) {
        self.records = records
        self.isWhole = isWhole
        self.maximumAttempts = maximumAttempts
        self.state = state
    }

    mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.planned, .intentCommitted), (.backingOff, .backoffEnded):
            state = .ready
        case (.ready, .sent):
            state = .inFlight
        case (.inFlight, .answered(let outcome, let isCharged)):
            return answer(outcome, isCharged: isCharged)
        case (.planned, .withdraw), (.ready, .withdraw), (.backingOff, .withdraw):
            state = .withdrawn
        default:
            break
        }
        return .nothing
    }

    private mutating func answer(_ outcome: Outcome, isCharged: Bool) -> Action {
        switch outcome {
        case .applied:
            attempts += 1
            state = .acknowledged
            return .acknowledge
        case .refused(let status, let answer):
            attempts += 1
            guard records.count > 1 else {
                state = .failed
                let message = answer.isEmpty ? "refused by the API" : "refused by the API: \(answer)"
                return .fail(.permanent, status: String(status), message: message, mayHaveBeenApplied: false)
            }
            state = .split
            return .split(at: records.lowerBound + records.count / 2)
        case .tokenRefused:
            state = .ready
            return .sendAgain
        case .throttled(let retryAfter):
            // The rate gate slows all requests down, so the pause of one batch need not grow.
            state = .backingOff
            return .backOff(
                .throttled, attempt: 1, retryAfter: retryAfter, mayHaveBeenApplied: false)
        case .misconfigured(_, let message):
            state = .backingOff
            return .stopRun(reason: message)
        case .transient(let fault, let mayHaveBeenApplied):
            transientFaults += 1
            // What never reached the API says nothing about the records: it costs no attempt and the breaker waits.
            if isCharged, mayHaveBeenApplied || !fault.isConnectionFault { attempts += 1 }
            if attempts >= maximumAttempts {
                state = .failed
                return .fail(
                    .retryable, status: fault.label,
                    message: (attempts == 1 ? "1 attempt: " : "\(attempts) attempts, the last: ") + fault.label,
                    mayHaveBeenApplied: mayHaveBeenApplied)
            }
            state = .backingOff
            return .backOff(
                .transient, attempt: transientFaults, retryAfter: nil, mayHaveBeenApplied: mayHaveBeenApplied)
        }
    }
}

extension Outcome.Fault {
    /// Whether no connection came about, so that nothing was asked.
    var isConnectionFault: Bool {
        switch label {
        case "connect", "dns", "tls": true
        default: false
        }
    }
}
