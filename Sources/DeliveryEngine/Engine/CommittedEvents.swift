import DeliveryModel
import Synchronization

/// Facts that have become durable, or could not, on their way to the scheduler. Those of one commit arrive together and
/// are told together: a thread less for each of them.
final class CommittedEvents: Sendable {
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
