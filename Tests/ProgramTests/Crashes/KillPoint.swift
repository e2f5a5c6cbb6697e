import DeliveryModel
import ShowAdsSandbox

/// A moment in the life of a process at which it is killed.
enum KillPoint: Sendable {
    /// At no particular place: so long after it was started.
    case anywhere(Duration)
    /// Its intent is durable and the request is being written: a request begins to arrive.
    case afterIntent(requests: Int)
    /// The API applied the records; the answer is on its way.
    case afterAnswer(records: Int)
    /// An answer has been taken and makes room for a request: acknowledgements are being committed.
    case afterAcknowledgement(requests: Int)

    static func random(using random: inout SeededGenerator) -> KillPoint {
        switch random.next() % 4 {
        case 0: .anywhere(.milliseconds(Int.random(in: 5...400, using: &random)))
        case 1: .afterIntent(requests: Int.random(in: 1...10, using: &random))
        case 2: .afterAnswer(records: Int.random(in: 1...1000, using: &random))
        default: .afterAcknowledgement(requests: Int.random(in: 1...10, using: &random))
        }
    }

    /// Waits for the moment, counted from what the API has seen so far.
    func reached(in sandbox: Sandbox) async throws {
        let before = sandbox.statistics
        switch self {
        case .anywhere(let delay):
            // The moment itself is what is wanted, not something that could be waited for.
            try await Task.sleep(for: delay)
        case .afterIntent(let requests):
            await sandbox.until { $0.arrived >= before.arrived + requests }
        case .afterAnswer(let records):
            await sandbox.until { $0.applied >= before.applied + records }
        case .afterAcknowledgement(let requests):
            let target = before.answered + requests
            await sandbox.until { $0.answered >= target }
            let arrived = sandbox.statistics.arrived
            await sandbox.until { $0.arrived > arrived || $0.inFlight == 0 }
        }
    }
}

extension SandboxStatistics {
    var answered: Int { requests.values.reduce(0, +) }
    var arrived: Int { answered + inFlight }
}
