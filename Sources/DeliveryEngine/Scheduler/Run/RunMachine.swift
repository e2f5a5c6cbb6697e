import DeliveryModel
import Foundation

/// The life of a run. Events come in from the scheduler; what has happened so far decides how it ends.
struct RunMachine: Hashable, Sendable {
    enum Event: Hashable, Sendable {
        case opened
        case batchPlanned
        /// A batch has its end: every record sent or failed.
        case batchSettled
        /// Batches that will not be sent in this process.
        case batchesWithdrawn(Int)
        case sourceEnded
        /// Nothing of the source can be read from here on, now or later.
        case sourceBroken(reason: String, isFinal: Bool)
        case readerStopped
        case paused
        case unpaused
        /// The API holds the run back, or a time that the operator wants to be waited for.
        case held(DeliveryHold.Kind, reason: String, until: Date?)
        case released
        case stopRequested(reason: String)
        case failed(reason: String)
        /// A fault ends it for now; the process continues with it by itself.
        case parked(reason: String, until: Date?)
        /// The process ends while an operator has the run paused, which it stays.
        case suspended
        /// Its end is being made durable.
        case concluded
        case ended
    }

    /// How it ends when something is left to send.
    enum Ending: Hashable, Sendable {
        case stopped(String)
        case failed(String)
        case parked(String, until: Date?)
        case suspended

        var state: RunState {
            switch self {
            case .stopped(let reason): .stopped(reason: reason)
            case .failed(let reason): .failed(reason: reason)
            case .parked(let reason, let until): .waiting(reason: reason, until: until)
            case .suspended: .paused
            }
        }

        /// Of two, the one that explains more is kept; of equal ones, the first.
        fileprivate var weight: Int {
            switch self {
            case .parked, .suspended: 0
            case .stopped: 1
            case .failed: 2
            }
        }
    }

    enum Life: Hashable, Sendable {
        case preparing
        case running
        /// By the operator.
        case paused
        /// Nothing more is read or sent; what is in flight may end.
        case ending(Ending)
        /// Its end is on its way to the journal and can't be changed any more.
        case concluding(RunState)
        case ended(RunState)
    }

    enum Reading: Hashable, Sendable { case reading, complete, cut }

    private struct Hold: Hashable, Sendable {
        var kind: DeliveryHold.Kind
        var reason: String
        var until: Date?
    }

    private(set) var life = Life.preparing
    /// Whether an operator wants it paused, also while it ends for now.
    private(set) var staysPaused = false
    /// Whether its source is open: an operator may pause and continue it before.
    private var isOpened = false
    private(set) var reading = Reading.reading
    /// Why the source has no readable end.
    private var sourceFault: RunState?
    private var hold: Hold?
    /// Batches that were planned and have no end yet.
    private(set) var outstanding = 0
    /// Batches of which something was kept back.
    private var keptBack = 0

    /// Whether batches may be read and sent.
    var isRunnable: Bool { life == .preparing || life == .running }
    /// Whether nothing of it is read or sent any more.
    var isEnding: Bool {
        switch life {
        case .preparing, .running, .paused: false
        case .ending, .concluding, .ended: true
        }
    }
    /// Whether it is past the point from which it could be continued in place.
    var isConcluded: Bool {
        switch life {
        case .concluding, .ended: true
        case .preparing, .running, .paused, .ending: false
        }
    }
    var isFullyRead: Bool { reading == .complete }

    /// The state in which the run ends; `nil` while something is left. Requests in flight of a run that is being ended
    /// early are outstanding until they are answered or given up.
    var final: RunState? {
        guard outstanding == 0, reading != .reading else { return nil }
        if isFullyRead, keptBack == 0 { return sourceFault ?? .done }
        guard case .ending(let ending) = life else { return nil }
        return ending.state
    }

    var state: RunState {
        switch life {
        case .concluding(let state), .ended(let state): return state
        case .ending: return final ?? .finishing
        case .preparing: return final ?? .preparing
        case .paused: return final ?? .paused
        case .running:
            if let final { return final }
            if let hold { return .waiting(reason: hold.reason, until: hold.until) }
            return isFullyRead ? .finishing : .running
        }
    }

    /// What kind of hold the run waits for; `nil` when it doesn't wait.
    var holdKind: DeliveryHold.Kind? {
        guard life == .running, case .waiting = state else { return nil }
        return hold?.kind
    }

    /// - Returns: what makes the event impossible; `nil` when it was taken.
    @discardableResult
    mutating func handle(_ event: Event) -> String? {
        switch (event, life) {
        case (.opened, .preparing):
            isOpened = true
            life = .running
        case (.opened, .paused) where !isOpened, (.opened, .ending) where !isOpened: isOpened = true
        case (.batchPlanned, .preparing), (.batchPlanned, .running), (.batchPlanned, .paused): outstanding += 1
        case (.batchSettled, _) where outstanding > 0 && !isConcluded: outstanding -= 1
        case (.batchesWithdrawn(let count), .ending) where outstanding >= count:
            outstanding -= count
            keptBack += count
        case (.sourceEnded, _) where reading == .reading && !isConcluded: reading = .complete
        case (.sourceBroken(let reason, let isFinal), _) where reading == .reading && !isConcluded:
            reading = .complete
            sourceFault = isFinal ? .refused(reason: reason) : .failed(reason: reason)
        case (.readerStopped, _) where reading == .reading && !isConcluded: reading = .cut
        case (.paused, .preparing), (.paused, .running), (.paused, .paused):
            life = .paused
            staysPaused = true
        case (.unpaused, .paused):
            life = isOpened ? .running : .preparing
            staysPaused = false
        case (.unpaused, .preparing), (.unpaused, .running): break
        case (.held(let kind, let reason, let until), _): hold = Hold(kind: kind, reason: reason, until: until)
        case (.released, _): hold = nil
        case (.suspended, .paused): life = .ending(.suspended)
        case (.stopRequested(let reason), _) where !isConcluded: end(.stopped(reason))
        case (.failed(let reason), _) where !isConcluded: end(.failed(reason))
        case (.parked(let reason, let until), _) where !isConcluded: end(.parked(reason, until: until))
        case (.concluded, _) where !isConcluded:
            guard let final else { return "a run is concluded that is not at its end" }
            life = .concluding(final)
        case (.ended, .concluding(let state)): life = .ended(state)
        default: return "a run that is \(life) got the event \(event)"
        }
        return nil
    }

    /// A fault explains more than a stop, a stop more than a pause, and the first of a kind more than the next.
    private mutating func end(_ new: Ending) {
        if case .ending(let present) = life, new.weight <= present.weight { return }
        life = .ending(new)
    }
}
