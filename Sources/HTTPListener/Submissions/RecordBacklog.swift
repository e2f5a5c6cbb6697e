import DeliveryModel
import NIOCore
import Synchronization

/// Keeps the number of single records that are accepted and not delivered within its limit.
///
/// The engine's snapshot tells how many wait; what was accepted since the snapshot is added, so the limit holds between
/// two snapshots as well. Asking the engine for every record would cost more than the record.
final class RecordBacklog: Sendable {
    private struct State {
        var readAt = NIODeadline.distantPast
        var waiting = 0
    }

    private let service: any DeliveryService
    private let maximum: Int
    private let state = Mutex(State())
    /// How old a count may be.
    private static let freshness = TimeAmount.milliseconds(50)

    init(service: any DeliveryService, maximum: Int) {
        self.service = service
        self.maximum = maximum
    }

    /// - Throws: `Refusal` with 503 when too many records wait.
    func admit() throws(Refusal) {
        let now = NIODeadline.now()
        let isAdmitted = state.withLock { state in
            if now - state.readAt >= Self.freshness {
                state.readAt = now
                state.waiting = 0
                for run in service.snapshot().runs where run.summary.source == .submissions {
                    state.waiting += run.summary.counts.pending
                }
            }
            guard state.waiting < maximum else { return false }
            state.waiting += 1
            return true
        }
        guard isAdmitted else { throw .unavailable("\(maximum) records are waiting for delivery. Try again later.") }
    }
}
