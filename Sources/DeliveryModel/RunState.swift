public import struct Foundation.Date

/// Where a run stands.
public enum RunState: Hashable, Codable, Sendable {
    /// Why a run is stopped that only an operator continues.
    public static let operatorStopReason = "stopped by the operator"

    /// Waiting for its turn, or opening its source.
    case preparing
    case running
    /// Paused by an operator.
    case paused
    /// Waiting for something that ends by itself, as `reason` says; until when, if that is known.
    case waiting(reason: String, until: Date?)
    /// Everything is read; the last answers are awaited.
    case finishing
    /// Every record has its end: sent, failed, rejected or filtered.
    case done
    /// Ended early, by the operator, a signal or a dead API; it can be resumed.
    case stopped(reason: String)
    /// Ended by a fault that must be fixed first (configuration, source, disk); it can be resumed after that.
    case failed(reason: String)
    /// Ended for good by its source, which can't be read as its author meant it: what was read before has its end, and
    /// nothing of the rest is sent.
    case refused(reason: String)
    /// Counted, nothing sent.
    case dryRun
    /// Nothing sent, since the same content was delivered before.
    case skipped

    /// The stable word for summaries and metrics.
    public var word: String {
        switch self {
        case .preparing, .running, .finishing: "running"
        case .paused: "paused"
        case .waiting: "waiting"
        case .done: "done"
        case .stopped: "stopped"
        case .failed, .refused: "failed"
        case .dryRun: "dry_run"
        case .skipped: "skipped"
        }
    }

    /// All words that a state can have.
    public static let words = ["running", "paused", "waiting", "done", "stopped", "failed", "dry_run", "skipped"]

    /// Which part of `running` it is; `nil` in every other state.
    public var phase: String? {
        switch self {
        case .preparing: "preparing"
        case .running: "running"
        case .finishing: "finishing"
        case .paused, .waiting, .done, .stopped, .failed, .refused, .dryRun, .skipped: nil
        }
    }

    /// Whether a run in this state has its end for good.
    public var isFinal: Bool {
        switch self {
        case .done, .refused, .dryRun, .skipped: true
        case .preparing, .running, .paused, .waiting, .finishing, .stopped, .failed: false
        }
    }

    /// Whether a process is (or was, when it was killed) working on it.
    public var isActive: Bool {
        switch self {
        case .preparing, .running, .paused, .waiting, .finishing: true
        case .done, .stopped, .failed, .refused, .dryRun, .skipped: false
        }
    }

    /// Why the run waits, stopped or failed, in one line.
    public var reason: String? {
        switch self {
        case .waiting(let reason, _), .stopped(let reason), .failed(let reason), .refused(let reason): reason
        case .preparing, .running, .paused, .finishing, .done, .dryRun, .skipped: nil
        }
    }
}
