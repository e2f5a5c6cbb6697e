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
            if isHealthy, steps % 16 == 0, store.isEverythingDone, living.allSatisfy(\.isAtRest) { break }
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

/// What a seed's cluster is like.
struct ClusterPlan {
    var nodes: Int
    var lease: Duration
    var attempts: Int
    var concurrency: Int
    var rate: Int?
    var troubleSeconds: Double
    var troubleEvery: Double
    /// Nothing but nodes that are told to end and begin again.
    var isRolling: Bool
    var kills: Bool
    var stops: Bool
    var partitions: Bool
    var outages: Bool
    var clockJumps: Bool
    var badWeather: Bool
    var operates: Bool
    var wrongKeys: Bool
    var lostAnswers: Double
    var slowDatabase: Double
    var refusedRecords: Double
    var longestFile: Int

    init(_ random: inout SeededGenerator) {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        nodes = Int.random(in: 2...3, using: &random)
        lease = .seconds(Int.random(in: 5...15, using: &random))
        attempts = Int.random(in: 2...5, using: &random)
        concurrency = [1, 2, 4, 16].randomElement(using: &random) ?? 4
        rate = chance(0.25) ? Int.random(in: 3...60, using: &random) : nil
        troubleSeconds = Double.random(in: 20...150, using: &random)
        troubleEvery = Double.random(in: 1...12, using: &random)
        isRolling = chance(0.1)
        let isRolling = isRolling
        func trouble(_ share: Double) -> Bool { chance(share) && !isRolling }
        kills = trouble(0.6)
        stops = trouble(0.6)
        partitions = trouble(0.5)
        outages = trouble(0.4)
        clockJumps = trouble(0.3)
        badWeather = trouble(0.5)
        operates = trouble(0.4)
        wrongKeys = trouble(0.3)
        lostAnswers = trouble(0.4) ? 0.05 : 0
        slowDatabase = trouble(0.3) ? 0.05 : 0
        refusedRecords = trouble(0.3) ? 0.1 : 0
        longestFile = chance(0.3) ? 200 : 40
    }
}
