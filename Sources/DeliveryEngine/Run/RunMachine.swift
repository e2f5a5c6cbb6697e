import DeliveryModel
import Foundation

/// The life of a run. Events come in from the engine; the state is derived from what has happened so far.
struct RunMachine: Hashable, Sendable {
    enum Event: Hashable, Sendable {
        case opened
        case batchPlanned
        /// A batch has its end: every record sent or failed.
        case batchSettled
        /// Batches that will not be sent in this process.
        case batchesWithdrawn(Int)
        case sourceEnded
        case readerStopped
        case paused
        case unpaused
        /// The API holds the run back.
        case held(reason: String, until: Date?)
        case released
        case stopRequested(reason: String)
        case failed(reason: String)
    }

    private enum Ending: Hashable, Sendable {
        case stopped(String)
        case failed(String)

        var state: RunState {
            switch self {
            case .stopped(let reason): .stopped(reason: reason)
            case .failed(let reason): .failed(reason: reason)
            }
        }
    }

    private struct Hold: Hashable, Sendable {
        var reason: String
        var until: Date?
    }

    private var isOpen = false
    private var isPaused = false
    private var hold: Hold?
    private var ending: Ending?
    private var isReading = true
    private(set) var isFullyRead = false
    /// Batches that were planned and have no end yet.
    private(set) var outstanding = 0

    /// Whether batches may be read and sent.
    var isGoing: Bool { ending == nil && !isPaused }
    /// Whether the operator, a signal or a fault ends it early.
    var isEnding: Bool { ending != nil }

    /// The state in which the run has ended; `nil` while it goes on. In-flight requests of a run that is being ended
    /// early are outstanding until they are answered or withdrawn.
    var final: RunState? {
        guard outstanding == 0, !isReading else { return nil }
        if isFullyRead, endedInFull { return .done }
        return ending?.state ?? (isFullyRead ? .stopped(reason: "not everything was sent") : nil)
    }
    private var endedInFull = true

    var state: RunState {
        if let final { return final }
        if !isOpen { return .preparing }
        if ending != nil { return .finishing }
        if isPaused { return .paused }
        if let hold { return .waiting(reason: hold.reason, until: hold.until) }
        return isFullyRead ? .finishing : .running
    }

    mutating func handle(_ event: Event) {
        switch event {
        case .opened: isOpen = true
        case .batchPlanned: outstanding += 1
        case .batchSettled: outstanding -= 1
        case .batchesWithdrawn(let count):
            outstanding -= count
            if count > 0 { endedInFull = false }
        case .sourceEnded:
            isFullyRead = true
            isReading = false
        case .readerStopped: isReading = false
        case .paused: isPaused = true
        case .unpaused: isPaused = false
        case .held(let reason, let until): hold = Hold(reason: reason, until: until)
        case .released: hold = nil
        case .stopRequested(let reason):
            if ending == nil { ending = .stopped(reason) }
        case .failed(let reason):
            // A fault explains more than the stop that may have come before it.
            if case .failed = ending { return }
            ending = .failed(reason)
        }
    }
}
