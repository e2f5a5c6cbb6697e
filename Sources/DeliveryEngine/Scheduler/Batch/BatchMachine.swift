import DeliveryModel
import ShowAdsAPI

/// The life of a batch, or of a part of one that was refused: what each event means and what has to be done.
/// It does nothing itself.
struct BatchMachine: Hashable, Sendable {
    enum State: Hashable, Sendable {
        /// Formed; its intent is not durable, so nothing of it may leave.
        case planned
        /// Its intent is being made durable.
        case intending
        /// May leave.
        case ready
        case inFlight
        /// Waits for its next attempt.
        /// - Parameter mayHaveBeenApplied: the last request may have been, and that is not counted yet.
        case backingOff(mayHaveBeenApplied: Bool)
        /// That a request which may have been applied is repeated is being made durable.
        case counting
        /// That it continues as two parts is being made durable.
        case splitting
        /// That it failed is being made durable.
        case failing
        case acknowledged
        case split
        case failed
        /// The run ends; the records stay for its resumption.
        case withdrawn
    }

    enum Event: Hashable, Sendable {
        case intentBegan
        case intentCommitted
        case sent
        /// - Parameters:
        ///   - isCharged: whether the attempt counts; one during an outage and a failed login do not.
        case answered(APIOutcome, isCharged: Bool)
        /// It was answered, nothing was applied, and what the answer means for its records is not known.
        case returned
        /// It was answered with this fault, once too often for the API to be what is wrong.
        case gaveUp(APIOutcome.Fault)
        case backoffEnded
        case counted
        case splitCommitted
        case failureCommitted
        case withdraw
    }

    enum Action: Hashable, Sendable {
        case nothing
        case acknowledge
        /// Send again after a pause.
        /// - Parameters:
        ///   - attempt: how often it was answered this way, for the backoff.
        case backOff(RetryPolicy.Cause, attempt: Int, retryAfter: Duration?)
        case sendAgain
        /// Count its records as possible duplicates, durably, before it leaves again.
        case count
        /// - Parameter mayHaveBeenApplied: the request that is split may have been applied: both parts repeat it.
        case split(at: Int, mayHaveBeenApplied: Bool)
        case fail(FailedRecord.Kind, status: String, message: String, mayHaveBeenApplied: Bool)
        case misconfigured(message: String)
        /// The event can't happen in this state.
        case impossible(String)
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

    /// Whether nothing of it is under way, to the API or to the journal.
    var isAtRest: Bool {
        switch state {
        case .planned, .ready, .backingOff: true
        case .intending, .inFlight, .counting, .splitting, .failing, .acknowledged, .split, .failed, .withdrawn: false
        }
    }

    mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.planned, .intentBegan): state = .intending
        case (.intending, .intentCommitted): state = .ready
        case (.ready, .sent): state = .inFlight
        case (.inFlight, .answered(let outcome, let isCharged)): return answer(outcome, isCharged: isCharged)
        case (.inFlight, .returned): state = .ready
        case (.inFlight, .gaveUp(let fault)): return giveUp(fault)
        case (.backingOff(mayHaveBeenApplied: false), .backoffEnded): state = .ready
        case (.backingOff(mayHaveBeenApplied: true), .backoffEnded):
            state = .counting
            return .count
        case (.counting, .counted): state = .ready
        case (.splitting, .splitCommitted): state = .split
        case (.failing, .failureCommitted): state = .failed
        case (_, .withdraw) where isAtRest: state = .withdrawn
        default: return .impossible("a batch that is \(state) got the event \(event)")
        }
        return .nothing
    }

    private mutating func answer(_ outcome: APIOutcome, isCharged: Bool) -> Action {
        switch outcome {
        case .applied:
            attempts += 1
            state = .acknowledged
            return .acknowledge
        case .refused(let status, let answer):
            attempts += 1
            guard records.count > 1 else {
                state = .failing
                let message = answer.isEmpty ? "refused by the API" : "refused by the API: \(answer)"
                return .fail(.permanent, status: String(status), message: message, mayHaveBeenApplied: false)
            }
            state = .splitting
            return .split(at: middle, mayHaveBeenApplied: false)
        case .tokenRefused:
            state = .ready
            return .sendAgain
        case .throttled(let retryAfter):
            // The rate gate slows all requests down, so the pause of one batch need not grow.
            state = .backingOff(mayHaveBeenApplied: false)
            return .backOff(.throttled, attempt: 1, retryAfter: retryAfter?.pause)
        case .misconfigured(_, let message):
            state = .ready
            return .misconfigured(message: message)
        case .transient(let fault, let mayHaveBeenApplied):
            return answer(fault, mayHaveBeenApplied: mayHaveBeenApplied, isCharged: isCharged)
        }
    }

    private mutating func answer(_ fault: APIOutcome.Fault, mayHaveBeenApplied: Bool, isCharged: Bool) -> Action {
        // Too many records for one exchange, perhaps: fewer get a chance of their own.
        if fault.kind == .timeout, mayHaveBeenApplied, records.count > 1 {
            state = .splitting
            return .split(at: middle, mayHaveBeenApplied: true)
        }
        transientFaults += 1
        // What the API itself did not answer says nothing about the records: it costs no attempt and the breaker waits.
        if isCharged, !fault.isWebPage, mayHaveBeenApplied || !fault.isConnectionFault { attempts += 1 }
        if attempts >= maximumAttempts {
            return fail(fault, attempts: attempts, mayHaveBeenApplied: mayHaveBeenApplied)
        }
        state = .backingOff(mayHaveBeenApplied: mayHaveBeenApplied)
        return .backOff(.transient, attempt: transientFaults, retryAfter: fault.retryAfter?.pause)
    }

    /// In a batch it may be one record: the parts tell.
    private mutating func giveUp(_ fault: APIOutcome.Fault) -> Action {
        transientFaults += 1
        if records.count > 1 {
            state = .splitting
            return .split(at: middle, mayHaveBeenApplied: true)
        }
        attempts = max(attempts, maximumAttempts)
        return fail(fault, attempts: transientFaults, mayHaveBeenApplied: true)
    }

    private mutating func fail(_ fault: APIOutcome.Fault, attempts: Int, mayHaveBeenApplied: Bool) -> Action {
        state = .failing
        return .fail(
            .retryable, status: fault.label,
            message: (attempts == 1 ? "1 attempt: " : "\(attempts) attempts, the last: ") + fault.description,
            mayHaveBeenApplied: mayHaveBeenApplied)
    }

    private var middle: Int { records.lowerBound + records.count / 2 }
}
