import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import DeliveryEngine
@testable import SharedJournal
@testable import ShowAdsAPI

/// One life of a node: the real scheduler, membership, lease watch and share seat, with a simulated database beneath.
final class SimulatedNode {
    typealias Instant = ContinuousClock.Instant

    let cluster: SimulatedCluster
    let name: String
    let number: Int
    let owner: RunOwner
    var scheduler: DeliveryScheduler
    let membership: Membership
    /// The node as which the engine works.
    var announced: String
    var leases = LeaseWatch()
    var idle = IdleRuns()
    var lastingFault = LastingFault()
    var seat: ShareSeat
    /// What the engine was told last of the limits.
    var share: NodeShare?
    var storedLimits: ClusterLimits?
    var pauseRevision = 0
    /// What is known of the API's rate, and since when the node has nothing to send.
    var rates = LearnedRates()
    var toldRate: LearnedRates.Report?

    private(set) var isAlive = true
    /// Stopped by a signal: nothing of it happens until it is continued.
    private(set) var isStopped = false
    private(set) var isLeaving = false
    /// Whether it reaches the database.
    var isCutOff = false
    /// Whether the API refuses its key.
    var hasWrongKey = false
    /// How far its wall clock is off.
    var clockError = 0.0
    private var deferred: [() -> Void] = []

    struct Waiting {
        var operations: [JournalOperation]
        /// As which node it was when it knew these facts.
        var node: String
        var then: SchedulerEvent?
        var completion: ((DeliveryError?) -> Void)?
        /// Whether the database is asked even when there is nothing to write.
        var isCheck = false
    }

    var waiting: [Waiting] = []
    var isCommitting = false
    /// Transactions besides the commits, one after the other.
    var writes: [() -> Void] = []
    var isWriting = false
    var recent = RecentCommits<JournalOperation>()
    /// Whether the database went back to an earlier state, and no commit has found that out yet.
    var mayLackIntents = false
    private(set) lazy var tokens = SimulatedNodeTokens(self)
    /// Why commits fail, until the engine begins again.
    var commitFailure: DeliveryError?
    var readers: [RunID: SimulatedReader] = [:]
    var sources: [RunID: SimulatedReader] = [:]
    /// As which node it sent the requests in flight.
    var inFlight: [WorkUnit.ID: String] = [:]
    var abandoned: Set<WorkUnit.ID> = []
    private var isBeating = false

    init(_ cluster: SimulatedCluster, name: String) {
        self.cluster = cluster
        self.name = name
        number = cluster.nextNumber()
        owner = RunOwner(node: name, instance: "process \(number)")
        let (plan, process) = (cluster.plan, number)
        membership = Membership { "\(name)-\(process)-\($0)" }
        seat = ShareSeat(node: membership.id)
        announced = membership.id
        scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(
                concurrency: plan.concurrency, rate: plan.rate, attempts: plan.attempts, giveUpAfter: nil,
                share: NodeShare.none, stopGrace: .seconds(9), isService: true, errorPatience: .seconds(300),
                openSources: 3),
            hasAPI: true, seed: cluster.random.next())
    }

    /// What the node would do next, done when it is neither dead nor stopped.
    func later(_ seconds: Double, _ body: @escaping () -> Void) {
        cluster.later(seconds) { [self] in perform(body) }
    }

    func perform(_ body: @escaping () -> Void) {
        guard isAlive else { return }
        if isStopped { deferred.append(body) } else { body() }
    }

    var moment: Moment {
        Moment(instant: cluster.instant, date: cluster.date.addingTimeInterval(clockError))
    }

    var isFresh: Bool { membership.isFresh(cluster.plan.lease, at: cluster.instant) }

    // MARK: Life

    func begin() {
        cluster.tell("\(owner.instance) of node \(name) begins")
        join { _ in }
        heartbeat()
        lookAround()
        divide()
        recover()
        checkReadiness()
    }

    /// Whoever asks whether it is ready has it look whether the journal can be written.
    private func checkReadiness() {
        later(cluster.delay(2...20)) { [self] in
            if !isLeaving { checkWritable { _ in } }
            checkReadiness()
        }
    }

    func crash() {
        cluster.tell("node \(membership.id) is killed")
        isAlive = false
    }

    func stop(for seconds: Double) {
        guard isAlive, !isStopped else { return }
        cluster.tell("node \(membership.id) is stopped for \(Int(seconds)) s")
        isStopped = true
        cluster.later(seconds) { [self] in goOn() }
    }

    func goOn() {
        guard isAlive, isStopped else { return }
        cluster.tell("node \(membership.id) continues")
        isStopped = false
        let bodies = deferred
        deferred = []
        // One after the other, as threads that wake up do.
        for body in bodies { later(cluster.delay(0...0.004), body) }
    }

    /// Ends as SIGTERM ends it: what is in flight comes to its end, then others continue.
    func leave() {
        guard isAlive, !isLeaving else { return }
        isLeaving = true
        cluster.tell("node \(membership.id) is told to end")
        decide { $0.shutDown(.init(reason: "interrupted", mode: .finishInFlight), at: $1) }
        later(9) { [self] in
            // A database that is away is not waited for any longer.
            if cluster.isAway(for: self) { cancelCommits() }
        }
        waitForEnd()
    }

    private func waitForEnd() {
        guard scheduler.isIdle, waiting.isEmpty, !isCommitting else { return later(0.05) { [self] in waitForEnd() } }
        let id = membership.id
        askInTurn { database, clock throws(Fault) in
            database.leave(id, clock: clock)
        } then: { [self] (_: Result<Void, Fault>) in
            cluster.tell("node \(id) has ended")
            isAlive = false
        }
    }

    /// Whether nothing more happens by itself.
    var isAtRest: Bool { scheduler.isIdle && scheduler.queue.isEmpty && waiting.isEmpty && !isCommitting }

    // MARK: Deciding

    func decide<Value, Failure>(
        _ question: (inout DeliveryScheduler, Moment) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { for action in scheduler.takeActions() { act(action) } }
        return try question(&scheduler, moment)
    }

    func tell(_ event: SchedulerEvent) { decide { $0.handle(event, at: $1) } }

    func beat() {
        guard !isBeating else { return }
        isBeating = true
        later(300) { [self] in
            isBeating = false
            guard !scheduler.isIdle else { return }
            tell(.beat)
            beat()
        }
    }
}
