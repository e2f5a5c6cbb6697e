#if PostgreSQL
public import DeliveryModel
public import DeliveryStore
import Foundation
public import Logging

/// What a node needs from the engine beside it.
public protocol NodeWork: Sendable {
    /// Requests in flight now.
    var inFlight: Int { get }
    /// The API that runs are taken for; `nil` while none can be delivered.
    func binding() async -> RunBinding?
    /// Whether an operator's file is seen here with the content that it had.
    func canRead(_ source: LocatedSource) -> Bool
    /// Continues with a run that this node has just taken.
    func adopt(_ run: RunID) async throws
}

extension PostgresJournal {
    /// Keeps this node's lease, takes over from nodes that have expired, and continues their runs, until the task is
    /// cancelled.
    public func serve(_ work: any NodeWork, logger: Logger) async {
        guard case .delivering(let identity) = role else { return }
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                repeat { await beat(identity, inFlight: work.inFlight, logger) } while await pause(identity.lease / 5)
            }
            group.addTask { [self] in
                var watch = LeaseWatch()
                while await pause(.seconds(1)) { await look(identity, &watch, work, logger) }
            }
            group.addTask { [self] in
                while await pause(.seconds(30)) {
                    while (try? await clearSomeChunks()) == true {}
                }
            }
        }
    }

    private func pause(_ duration: Duration) async -> Bool { (try? await Task.sleep(for: duration)) != nil }

    private func beat(_ identity: NodeIdentity, inFlight: Int, _ logger: Logger) async {
        let (id, takeovers) = (membership.id, membership.takeovers)
        guard membership.isMember else { return }
        let sent = ContinuousClock.now
        let limit = max(1, Int(identity.lease.inSeconds / 2))
        do {
            let isThere = try await beating.perform { seat in
                try seat.use { session in
                    try session.run(
                        """
                        UPDATE node SET heartbeat = heartbeat + 1, beat_at = clock_timestamp(), in_flight = $2,
                            takeovers = $3 WHERE id = $1
                        """, [.text(id), Value(inFlight), Value(takeovers)], within: limit
                    ).count > 0
                }
            }
            if isThere {
                membership.joined(id, sentAt: sent)
            } else {
                membership.lost(id)
                logger.error("node \(identity.name) was silent for longer than its lease: others took over")
            }
        } catch {
            logger.warning("the lease can't be renewed: \(describe(error))")
        }
    }

    private func look(_ identity: NodeIdentity, _ watch: inout LeaseWatch, _ work: any NodeWork, _ logger: Logger) async
    {
        do throws(DeliveryError) {
            let own = membership.id
            let beats = try await read { session in
                try session.run("SELECT id, heartbeat, lease FROM node WHERE id <> $1", [.text(own)], within: 5).rows
                    .map {
                        LeaseWatch.Beat(
                            node: $0.text("id"), heartbeat: $0.integer("heartbeat") ?? 0,
                            lease: .seconds($0.double("lease") ?? NodeIdentity.defaultLease.inSeconds))
                    }
            }
            let isFresh = membership.isFresh(identity.lease)
            for beat in watch.look(at: beats, now: .now, isFresh: isFresh) {
                guard let runs = try await takeOver(beat.node, heartbeat: beat.heartbeat) else { continue }
                logger.warning("took over from node \(beat.node): \(runs.count) open runs")
            }
            guard identity.serves, isFresh, let binding = await work.binding(),
                let run = try await claimOne(for: binding, canRead: { work.canRead($0) })
            else { return }
            logger.notice("continues with run \(run)")
            do {
                try await work.adopt(run)
            } catch {
                logger.error("run \(run) can't continue: \(error)")
            }
        } catch {
            logger.warning("the nodes can't be watched: \(error)")
        }
    }

    /// Returns when a request may leave: as long as nobody can have taken over.
    /// - Returns: `false` when others did.
    public func awaitLease() async -> Bool {
        guard case .delivering(let identity) = role else { return false }
        while !membership.isFresh(identity.lease) {
            guard membership.isMember, await pause(.milliseconds(50)) else { return false }
        }
        return true
    }

    public var isFresh: Bool {
        guard case .delivering(let identity) = role else { return false }
        return membership.isFresh(identity.lease)
    }
}
#endif
