import DeliveryModel
import Synchronization

/// Answers of the API, and facts that have become durable or could not, on their way to the scheduler. What arrives while
/// somebody is on the way with others is told together with them: it needs no turn on the actor of its own.
final class ArrivingFacts: Sendable {
    private let events = Mutex<[SchedulerEvent]>([])

    /// - Returns: whether somebody has to come for them; otherwise somebody is on the way.
    func add(_ event: SchedulerEvent) -> Bool {
        events.withLock { events in
            events.append(event)
            return events.count == 1
        }
    }

    /// In their order.
    func take() -> [SchedulerEvent] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
