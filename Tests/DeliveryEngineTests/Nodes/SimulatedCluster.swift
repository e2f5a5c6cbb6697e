import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal

/// Several nodes with one journal on virtual time, all driven by one seed: whatever happens to the nodes, to the database,
/// to the network between them, and to their clocks.
final class SimulatedCluster: Simulation {
    typealias Fault = SimulatedDatabase.Fault

    let plan: ClusterPlan
    let store = SimulatedStore()
    var database: SimulatedDatabase
    var api = SimulatedAPI()
    var nodes: [SimulatedNode] = []
    /// As which node the last process of each state directory was known.
    var nodeFiles: [String: String] = [:]
    var isDatabaseDown = false
    /// Counts the times that the database went away: answers under way are lost.
    var outages = 0
    var databaseClockError = 0.0
    /// Requests that were dealt out when it was looked at last.
    var mostHeld = 0
    /// The API takes no other token than the newest.
    private(set) var newestToken = 0
    /// The newest token when everything became healthy.
    var tokenWhenHealthy: Int?
    /// As the standby has it.
    private var standby: (database: SimulatedDatabase, store: SimulatedStore.Copy)?
    private var failedOverAt: Double?
    /// Nodes that said that something is lost.
    var reported: Set<String> = []
    /// Single records by their submissions.
    var submitted: [SubmissionID: Int] = [:]

    private var numbers = 0

    /// Seconds in which healthy nodes bring everything to its end that rests with nobody. A pause that one node wrote down
    /// by a clock of its own may be two hours longer for another.
    static let patience = 3 * 3600.0
    var isHealthy: Bool { time >= plan.troubleSeconds }

    init(seed: UInt64, isTelling: Bool = false, _ defect: SimulatedDatabase.Defect? = nil) {
        var random = SeededGenerator(seed: seed)
        plan = ClusterPlan(&random)
        database = SimulatedDatabase(store, defect)
        super.init(seed: seed, random: random, isTelling: isTelling)
    }

    func nextNumber() -> Int {
        numbers += 1
        return numbers
    }

    func latency() -> Double {
        switch api.weather {
        case .hanging: 30
        case .slow: delay(0.5...5)
        default: delay(0.002...0.06)
        }
    }

    // MARK: Tokens

    func logIn() -> Int {
        newestToken += 1
        return newestToken
    }

    func loginOutcome() -> APIOutcome {
        switch api.weather {
        case .failingLogins: SimulatedAPI.unapplied(.status(500))
        case .expiring: chance(0.5) ? SimulatedAPI.unapplied(.status(500)) : .applied
        case .away: SimulatedAPI.unapplied(.connect(.refused))
        default: .applied
        }
    }

    // MARK: The standby

    /// It follows the database, sometimes at a distance.
    func follow() {
        guard !isHealthy else { return }
        if !isDatabaseDown { standby = (database, store.copy) }
        later(delay(0.05...4)) { [self] in follow() }
    }

    func failOver() {
        guard let standby else { return }
        database.fallBack(to: standby.database)
        store.fallBack(to: standby.store)
        (failedOverAt, mostHeld) = (time, Int.max)
        for node in living { node.mayLackIntents = true }
        tell("a standby has taken over, and lacks something of \(database.losers.sorted())")
    }

    /// Whether what nodes use may still be what they were told by the database before.
    var hasJustFailedOver: Bool { failedOverAt.map { time < $0 + 2 * plan.lease.inSeconds + 60 } ?? false }

    // MARK: The network

    func isAway(for node: SimulatedNode) -> Bool { isDatabaseDown || node.isCutOff }

    /// Asks the database. What arrives there is done, whatever becomes of the node and of the answer.
    /// - Parameter seconds: how long an answer is waited for; without it until the connection is known to be lost.
    func travel<Value>(
        _ node: SimulatedNode, within seconds: Double? = nil, _ then: @escaping (Result<Value, Fault>) -> Void,
        asking body: @escaping (inout SimulatedDatabase, _ clock: Double) throws(Fault) -> Value
    ) {
        let start = time
        later(transit) { [self] in
            guard !isAway(for: node) else { return lose(node, start, seconds, then) }
            let answer: Result<Value, Fault>
            do throws(Fault) {
                answer = .success(try body(&database, time + databaseClockError))
            } catch {
                answer = .failure(error)
            }
            if let violation = database.violation { fail(violation) }
            checkShares()
            let (isLost, outage) = (!isHealthy && chance(plan.lostAnswers), outages)
            later(transit) { [self] in
                if isLost || isAway(for: node) || outage != outages { return lose(node, start, seconds, then) }
                node.perform { then(answer) }
            }
        }
    }

    private var transit: Double {
        !isHealthy && chance(plan.slowDatabase) ? delay(0.1...4) : delay(0.0005...0.005)
    }

    /// Across a network that swallows everything, nobody knows that a connection is lost.
    private func lose<Value>(
        _ node: SimulatedNode, _ start: Double, _ seconds: Double?, _ then: @escaping (Result<Value, Fault>) -> Void
    ) {
        if node.isCutOff, seconds.map({ time - start < $0 }) ?? true {
            return later(0.25) { [self] in lose(node, start, seconds, then) }
        }
        node.perform { then(.failure(.connectionLost)) }
    }

    // MARK: Running

    override func run() {
        for name in ["a", "b", "c"].prefix(plan.nodes) { begin(name) }
        ClusterTrouble(self).begin()
        while fault == nil, step() {
            if isHealthy, steps % 16 == 0, store.isEverythingDone, living.allSatisfy(\.isAtRest), !hasJustFailedOver {
                break
            }
            if time > plan.troubleSeconds + 2 * Self.patience { fail("stalled: \(openStory)") }
            if steps > 3_000_000 { fail("\(steps) steps and no end: something spins. \(openStory)") }
        }
        if fault == nil { checkEnd() }
    }

    var living: [SimulatedNode] { nodes.filter(\.isAlive) }

    var openStory: String {
        store.runs.values.filter(\.isOpen).sorted { $0.id < $1.id }.map { run in
            "run \(run.id) is \(run.state), \(database.owners[run.id] ?? "nobody")'s"
        }.joined(separator: ", ")
    }

    func begin(_ name: String) {
        guard !living.contains(where: { $0.name == name }) else { return }
        let node = SimulatedNode(self, name: name)
        nodes.removeAll { !$0.isAlive }
        nodes.append(node)
        node.begin()
    }
}
