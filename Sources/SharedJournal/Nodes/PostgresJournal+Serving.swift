#if PostgreSQL
public import DeliveryModel
public import DeliveryStore
import Foundation
public import Logging

/// What a node needs from the engine beside it.
public protocol NodeWork: Sendable {
    /// Requests in flight, as last shown.
    var inFlight: Int { get }
    /// Requests in flight now.
    func requestsInFlight() async -> Int
    /// Whether there is something to send, or may be soon.
    var isBusy: Bool { get }
    /// The address that requests go to; `nil` while there is none.
    var apiAddress: String? { get }
    /// The limits that the engine was told last, by `use` or by an operator of this node.
    func limits() async -> ClusterLimits
    /// Uses no more of the API than that from now on.
    func use(_ share: NodeShare, of limits: ClusterLimits) async
    /// Lets nothing leave for a while, since the API asked another node for it.
    func throttle(for duration: Duration) async
    /// Requests a second that the API is known to take from this node; `nil` before it refused any.
    func learnedRate() async -> Double?
    /// Begins with what the other nodes have learned, gives them a part of it, or takes theirs over.
    func apply(_ change: LearnedRates.Change) async
    /// Reads how many records all nodes sent today.
    func refreshSentToday() async
    /// The database is away, or is back: the screens show it.
    func showAbsence() async
    /// The API that runs are taken for; `nil` while none can be delivered.
    func binding() async -> RunBinding?
    /// Why the API takes nothing from this node, however long it waits: a wrong key or address. Others may do better.
    var fault: String? { get }
    /// Ends work on runs that another node can deliver.
    func yieldRuns(because reason: String) async
    /// Those that have come to their end here and may be given away: the engine keeps its hands off them.
    func yieldedRuns() async -> [RunID]
    /// Runs that `yieldedRuns` returned were given away.
    func gaveAway(_ runs: [RunID]) async
    /// Whether an operator's file is seen here with the content that it had.
    func canRead(_ source: LocatedSource) -> Bool
    /// Does what an operator of another node wants of a run of this one.
    /// - Returns: what it has to say beyond that it was done.
    func obey(_ command: OperatorCommand, _ run: RunID, by asker: Operator) async throws -> String?
    /// Whether the engine works on a run, or will by itself.
    func isActive(_ run: RunID) async -> Bool
    /// Continues with a run that this node has just taken.
    func adopt(_ run: RunID) async throws
    /// Another node took over: drops every run, and starts again with what this node is given.
    func dropRuns(because error: DeliveryError) async
}

extension PostgresJournal {
    /// Keeps this node's lease, takes over from nodes that have expired, and continues their runs, until the task is
    /// canceled.
    public func serve(_ work: any NodeWork, logger: Logger) async {
        guard case .delivering(let identity) = role else { return }
        listen()
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while true {
                    let isRenewed = await beat(identity, work, logger)
                    // A database that is back is to be used again soon.
                    guard await sleep(for: isRenewed ? identity.lease / 5 : .milliseconds(500)) else { return }
                }
            }
            group.addTask { [self] in
                var (watch, idle, fault) = (LeaseWatch(), IdleRuns(), LastingFault())
                while await sleep(for: .seconds(1)) {
                    await look(identity, &watch, work, logger)
                    guard identity.serves else { continue }
                    await continueIdle(&idle, work, logger)
                    if let reason = fault.look(at: work.fault, patience: identity.lease / 2, now: .now) {
                        await giveUp(because: reason, work, logger)
                    }
                    await giveAway(work, logger)
                }
            }
            group.addTask { [self] in await share(work, identity, logger) }
            group.addTask { [self] in await obey(work, logger) }
            group.addTask { [self] in await copyLocalFiles(logger) }
            group.addTask { [self] in
                while await sleep(for: .seconds(30)) {
                    while (try? await clearSomeChunks()) == true {}
                }
            }
        }
    }

    /// Free runs that a node takes before it looks again at what the others have.
    private static let claimsAtOnce = 8

    func sleep(for duration: Duration) async -> Bool { (try? await Task.sleep(for: duration)) != nil }

    /// - Returns: whether this node is a member, and has just said that it lives.
    private func beat(_ identity: NodeIdentity, _ work: any NodeWork, _ logger: Logger) async -> Bool {
        let (id, takeovers) = (membership.id, membership.takeovers)
        guard membership.isMember else {
            // What it still has under way was taken over. When that has come to its end, it is a node again.
            if !work.isBusy { try? await checkWritable() }
            return membership.isMember
        }
        let (inFlight, fault, newest) = (work.inFlight, work.fault, newest)
        let sent = ContinuousClock.now
        let limit = max(1, Int(identity.lease.secondsAsDouble / 2))
        do {
            let hasNewest = try await beating.perform { seat in
                try seat.use { session in
                    try session.run(
                        """
                        UPDATE node SET heartbeat = heartbeat + 1, beat_at = clock_timestamp(), in_flight = $2,
                            takeovers = $3, fault = $4 WHERE id = $1
                        RETURNING has_newest($1, $5, $6) AS has_newest
                        """,
                        [
                            .text(id), Value(inFlight), Value(takeovers), .text(orNull: fault),
                            .integer(orNull: newest.commit), .integer(orNull: newest.write),
                        ], within: limit
                    ).rows.first?.bool("has_newest")
                }
            }
            if let hasNewest {
                membership.joined(id, sentAt: sent)
                // Looked into beside this, which has to keep its pace.
                if !hasNewest { membership.suspectLoss() }
            } else {
                membership.lost(id)
                logger.error("node \(identity.name) was silent for longer than its lease: others took over")
            }
            return hasNewest != nil
        } catch {
            if contact.absence == nil { logger.warning("the lease can't be renewed: \(describe(error))") }
            return false
        }
    }

    private func look(_ identity: NodeIdentity, _ watch: inout LeaseWatch, _ work: any NodeWork, _ logger: Logger) async
    {
        if membership.takeSuspicion(), let error = await checkNewest() { await work.dropRuns(because: error) }
        for lost in membership.takeLostCommits() {
            logger.log(level: lost.areRestored ? .warning : .critical, "\(lost.message)")
        }
        do throws(DeliveryError) {
            let own = membership.id
            // A run that rests commits nothing, and its engine would never hear that it is another node by now. It has to
            // before anything is given to that one.
            if announce(own) { await work.dropRuns(because: Self.gone) }
            let beats = try await read { session in
                try session.run("SELECT id, heartbeat, lease FROM node WHERE id <> $1", [.text(own)], within: 5).rows
                    .map {
                        LeaseWatch.Beat(
                            node: $0.text("id"), heartbeat: $0.integer("heartbeat") ?? 0,
                            lease: .seconds($0.double("lease") ?? NodeIdentity.defaultLease.secondsAsDouble))
                    }
            }
            let isFresh = membership.isFresh(identity.lease)
            for beat in watch.look(at: beats, now: .now, isFresh: isFresh) {
                guard let runs = try await takeOver(beat.node, heartbeat: beat.heartbeat) else { continue }
                logger.warning("took over from node \(beat.node): \(runs.count) open runs")
            }
            guard identity.serves, isFresh, let binding = await work.binding() else { return }
            for _ in 0..<Self.claimsAtOnce {
                guard let run = try await claimOne(for: binding, canRead: { work.canRead($0) }) else { return }
                logger.notice("continues with run \(run)")
                do {
                    try await work.adopt(run)
                } catch {
                    logger.error("run \(run) can't continue: \(error)")
                }
            }
        } catch {
            if contact.absence == nil { logger.warning("the nodes can't be watched: \(error)") }
        }
    }

    /// Continues with runs that are this node's and that the engine knows nothing of.
    private func continueIdle(_ idle: inout IdleRuns, _ work: any NodeWork, _ logger: Logger) async {
        let own = membership.id
        guard let owned = try? await ownRuns(of: own), own == membership.id else { return }
        var unknown: [RunID] = []
        for run in owned where await !work.isActive(run) { unknown.append(run) }
        for run in idle.look(at: unknown, now: .now) {
            logger.warning("run \(run) belongs to this node and rests: it continues")
            do { try await work.adopt(run) } catch { logger.error("run \(run) can't continue: \(error)") }
        }
    }

    /// Returns when a request may leave: as long as nobody can have taken over.
    /// - Returns: `false` when others did.
    public func awaitLease() async -> Bool {
        guard case .delivering(let identity) = role else { return false }
        let start = ContinuousClock.now
        defer { membership.wasHeld(for: start.duration(to: .now)) }
        while !membership.isFresh(identity.lease) {
            guard membership.isMember, await sleep(for: .milliseconds(50)) else { return false }
        }
        return true
    }

    public var isFresh: Bool {
        guard case .delivering(let identity) = role else { return false }
        return membership.isFresh(identity.lease)
    }
}
#endif
