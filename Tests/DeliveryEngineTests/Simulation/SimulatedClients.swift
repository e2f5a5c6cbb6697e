import DeliveryModel

@testable import DeliveryEngine

/// Clients that submit single records under a key of their own, and ask again when they got no answer.
final class SimulatedClients {
    private struct Request {
        var identity: Int
        var submission: SubmissionID
        /// The process that was asked last.
        var process: Int
        var isAnswered = false
    }

    private var requests: [String: Request] = [:]
    private var keys: [SubmissionID: String] = [:]
    /// Accepted, and without an outcome; of the process that was asked.
    private var waiting: [SubmissionID: Int] = [:]

    /// Asks, and perhaps again later, whether or not an answer came.
    /// - Parameter next: gives the numbers of submissions.
    func submit(_ identity: Int, in world: SimulatedWorld, next: @escaping () -> SubmissionID) {
        let key = "key of \(identity)"
        ask(key, identity, in: world, next())
        for _ in 0..<world.number(0...2) {
            world.later(world.delay(0.01...30)) { [self] in askAgain(key, in: world, next) }
        }
    }

    private func ask(_ key: String, _ identity: Int, in world: SimulatedWorld, _ submission: SubmissionID) {
        requests[key] = Request(identity: identity, submission: submission, process: world.process.number)
        keys[submission] = key
        world.process.decide {
            $0.submit(SimulatedBatches.submission(submission, identity: identity, key: key), at: $1)
        }
    }

    /// As the listener does: what is kept under a key is answered, and who asks the same at the same time waits.
    private func askAgain(_ key: String, in world: SimulatedWorld, _ next: () -> SubmissionID) {
        guard let request = requests[key], world.process.isAlive, !world.store.holds(key) else { return }
        if request.process == world.process.number, !request.isAnswered { return }
        world.tell("the client asks again for record \(request.identity)")
        ask(key, request.identity, in: world, next())
    }

    func answered(_ submission: SubmissionID, isAccepted: Bool, in world: SimulatedWorld) {
        guard let key = keys[submission] else { return }
        if requests[key]?.submission == submission { requests[key]?.isAnswered = true }
        guard isAccepted else { return }
        waiting[submission] = world.process.number
        if !world.store.holds(key) {
            world.fail("submission \(submission) is accepted, and its key leads nowhere")
        }
    }

    /// What a client hears has to be what another process would say.
    func settled(_ submission: SubmissionID, _ outcome: SubmissionOutcome, in world: SimulatedWorld) {
        guard let key = keys[submission] else { return }
        if waiting.removeValue(forKey: submission) == nil {
            world.fail("submission \(submission) has its outcome twice, or before it is accepted")
        }
        guard outcome != .pending, let stored = world.store.outcome(key) else { return }
        if (outcome == .sent) != (stored == .sent) || stored == .pending {
            world.fail("submission \(submission) is answered \(outcome), and its key says \(stored)")
        }
    }

    func checkEnd(in world: SimulatedWorld) {
        let left = waiting.filter { $0.value == world.process.number }.keys.sorted()
        if let first = left.first { world.fail("submission \(first) was accepted and never heard of again") }
    }
}
