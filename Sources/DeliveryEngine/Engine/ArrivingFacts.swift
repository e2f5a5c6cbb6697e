import DeliveryModel
import Synchronization

/// What is on its way to the scheduler: answers of the API, facts that have become durable or could not, and single records
/// that clients submit. What arrives while somebody is on the way with others is told together with them: it needs no turn
/// on the actor of its own.
final class ArrivingFacts: Sendable {
    /// What has come together, each kind in its order.
    struct Facts: Sendable {
        var events: [SchedulerEvent] = []
        var submissions: [Engine.Arrival] = []

        var isEmpty: Bool { events.isEmpty && submissions.isEmpty }
    }

    private let facts = Mutex(Facts())

    /// - Returns: whether somebody has to come for them; otherwise somebody is on the way.
    func add(_ event: SchedulerEvent) -> Bool {
        facts.withLock { facts in
            defer { facts.events.append(event) }
            return facts.isEmpty
        }
    }

    /// - Returns: whether somebody has to come for them; otherwise somebody is on the way.
    func add(_ submission: Engine.Arrival) -> Bool {
        facts.withLock { facts in
            defer { facts.submissions.append(submission) }
            return facts.isEmpty
        }
    }

    func take() -> Facts {
        facts.withLock { facts in
            defer { facts = Facts() }
            return facts
        }
    }
}
