import DeliveryModel
import Synchronization

/// What is on its way to the scheduler: answers of the API, commits that became durable or failed, and single records that
/// clients submit. What arrives while somebody is on the way with others is told together with them: it needs no turn on
/// the actor of its own.
final class SchedulerInbox: Sendable {
    /// What has come together, each kind in its order.
    struct Contents: Sendable {
        var events: [SchedulerEvent] = []
        var submissions: [Engine.PendingSubmission] = []

        var isEmpty: Bool { events.isEmpty && submissions.isEmpty }
    }

    private let contents = Mutex(Contents())

    /// - Returns: whether somebody has to empty it; otherwise somebody is on the way.
    func add(_ event: SchedulerEvent) -> Bool {
        contents.withLock { contents in
            defer { contents.events.append(event) }
            return contents.isEmpty
        }
    }

    /// - Returns: whether somebody has to empty it; otherwise somebody is on the way.
    func add(_ submission: Engine.PendingSubmission) -> Bool {
        contents.withLock { contents in
            defer { contents.submissions.append(submission) }
            return contents.isEmpty
        }
    }

    func empty() -> Contents {
        contents.withLock { contents in
            defer { contents = Contents() }
            return contents
        }
    }
}
