import DeliveryModel
import ShowAdsAPI
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal

/// Whatever happens to a cluster, and what people do with it: from the seed.
final class ClusterTrouble {
    private let cluster: SimulatedCluster
    private var identities = 0
    private var files = 0
    private var submissions = 0

    init(_ cluster: SimulatedCluster) { self.cluster = cluster }

    private var plan: ClusterPlan { cluster.plan }

    func begin() {
        for _ in 0..<cluster.number(1...3) { cluster.later(cluster.delay(0.5...5)) { [self] in startFile() } }
        cluster.later(cluster.delay(1...plan.troubleEvery + 1)) { [self] in act() }
        cluster.later(plan.troubleSeconds) { [self] in heal() }
        if plan.failovers { cluster.follow() }
        if plan.badWeather { cluster.later(cluster.delay(1...10)) { [self] in changeWeather() } }
    }

    private func anyNode() -> SimulatedNode? { cluster.living.randomElement(using: &cluster.random) }

    // MARK: Trouble

    private func act() {
        guard !cluster.isHealthy else { return }
        cluster.later(cluster.delay(0.2...2 * plan.troubleEvery)) { [self] in act() }
        guard let node = anyNode() else { return }
        switch cluster.number(0...17) {
        case 0 where plan.kills:
            node.crash()
            again(node.name, after: cluster.chance(0.5) ? cluster.delay(0.1...3) : cluster.delay(10...60))
        case 1 where plan.stops, 2 where plan.stops:
            node.stop(for: cluster.chance(0.5) ? cluster.delay(15...45) : cluster.delay(0.5...15))
        case 3 where plan.partitions:
            cluster.tell("\(node.membership.id) is cut off from the database")
            node.isCutOff = true
            cluster.later(cluster.delay(0.5...45)) { [self] in
                node.isCutOff = false
                cluster.tell("\(node.membership.id) reaches the database again")
            }
        case 4 where plan.outages: breakDatabase(for: cluster.delay(0.2...25))
        case 11...13 where plan.submits: submit(to: node)
        case 14 where plan.retries:
            if let run = cluster.store.runs.keys.sorted().randomElement(using: &cluster.random) {
                node.perform { node.retry(run) }
            }
        case 15 where plan.failovers:
            breakDatabase(for: cluster.delay(0.2...10)) { [cluster] in cluster.failOver() }
        case 16 where plan.badWeather:
            cluster.tell("the API forgets its token")
            _ = cluster.logIn()
        case 5 where plan.clockJumps:
            if cluster.chance(0.3) {
                cluster.databaseClockError = cluster.delay(-3600...3600)
            } else {
                node.clockError = cluster.delay(-3600...3600)
            }
        case 6 where plan.isRolling || cluster.chance(0.3):
            node.leave()
            later(again: node)
        case 7: cluster.begin(["a", "b", "c", "d"].randomElement(using: &cluster.random) ?? "d")
        case 8 where plan.operates: operate(node)
        case 9 where plan.operates:
            let concurrency = cluster.number(1...16)
            cluster.tell("an operator of \(node.membership.id) sets concurrency \(concurrency)")
            node.perform { node.decide { $0.setConcurrency(concurrency, at: $1) } }
        case 10 where plan.wrongKeys:
            cluster.tell("the API refuses the key of \(node.membership.id)")
            node.hasWrongKey = true
            cluster.later(cluster.delay(1...90)) { [cluster] in if !cluster.isHealthy { node.hasWrongKey = false } }
        default: startFile()
        }
    }

    private func again(_ name: String, after seconds: Double) {
        cluster.later(seconds) { [self] in cluster.begin(name) }
    }

    private func later(again node: SimulatedNode) {
        cluster.later(0.5) { [self] in if node.isAlive { later(again: node) } else { cluster.begin(node.name) } }
    }

    private func breakDatabase(for seconds: Double, andThen: @escaping () -> Void = {}) {
        guard !cluster.isDatabaseDown else { return }
        cluster.tell("the database is away")
        cluster.isDatabaseDown = true
        cluster.outages += 1
        cluster.later(seconds) { [self] in
            guard cluster.isDatabaseDown else { return }
            andThen()
            cluster.tell("the database is back")
            cluster.isDatabaseDown = false
        }
    }

    private func changeWeather() {
        guard !cluster.isHealthy else { return }
        let kinds: [SimulatedAPI.Weather] = [
            .slow, .throttling, .pausing, .failing, .overloaded, .resetting, .hanging, .away, .refusingTokens,
            .expiring, .failingLogins,
        ]
        let next = cluster.chance(0.4) ? .healthy : kinds.randomElement(using: &cluster.random) ?? .healthy
        cluster.api.weather = next
        cluster.tell("the API is \(next.rawValue)")
        cluster.later(cluster.delay(0.5...15)) { [self] in changeWeather() }
    }

    // MARK: People

    private func operate(_ node: SimulatedNode) {
        guard let run = node.scheduler.roundRobin.randomElement(using: &cluster.random) else { return }
        let command = cluster.number(0...2)
        cluster.tell("an operator of \(node.membership.id) \(["pauses", "unpauses", "stops"][command]) run \(run)")
        node.perform {
            node.command { (scheduler, moment) throws(DeliveryError) in
                switch command {
                case 0: try scheduler.pause(run, at: moment)
                case 1: try scheduler.unpause(run, at: moment)
                default: try scheduler.stop(run, mode: .finishInFlight, at: moment)
                }
            }
        }
    }

    private func submit(to node: SimulatedNode) {
        for _ in 0..<cluster.number(1...5) {
            submissions += 1
            let (id, identity) = (submissions, nextIdentity())
            cluster.submitted[id] = identity
            node.perform {
                guard !node.isLeaving else { return }
                node.decide { $0.submit(SimulatedBatches.submission(id, identity: identity), at: $1) }
            }
        }
    }

    private func startFile() {
        files += 1
        guard files <= 6, let node = anyNode() else { return }
        let file = (0..<cluster.number(1...plan.longestFile)).map { _ in cluster.chance(0.1) ? -1 : nextIdentity() }
        let batchSize = cluster.number(1...8)
        node.perform { node.startFile(file, batchSize: batchSize) }
    }

    private func nextIdentity() -> Int {
        identities += 1
        if cluster.chance(plan.refusedRecords) { cluster.api.refused.insert(identities) }
        return identities
    }

    // MARK: The end

    /// Everything is healthy, and every node is there.
    private func heal() {
        cluster.tell("everything is healthy for good")
        cluster.api.weather = .healthy
        cluster.isDatabaseDown = false
        cluster.tokenWhenHealthy = cluster.newestToken
        for node in cluster.living {
            node.isCutOff = false
            // One of them may keep its wrong key: the others deliver what it has.
            if node !== cluster.living.first { node.hasWrongKey = false }
            node.goOn()
        }
        for name in ["a", "b", "c"].prefix(plan.nodes) { cluster.begin(name) }
        cluster.later(SimulatedCluster.patience) { [self] in
            cluster.checkHealed()
            tend()
        }
    }

    /// What an operator paused or stopped is continued where it is.
    private func tend() {
        cluster.later(20) { [self] in tend() }
        for run in cluster.store.runs.values.sorted(by: { $0.id < $1.id }) where run.isOpen && run.standingOrder != nil
        {
            let owner = cluster.living.first { $0.membership.id == cluster.database.owners[run.id] }
            guard let node = owner ?? cluster.living.first else { continue }
            node.resume(run.id)
        }
    }
}
