#if PostgreSQL
import DeliveryModel
import Logging

extension PostgresJournal {
    /// Others deliver what this node can't, since its own key or address is wrong. While no other node can, runs stay
    /// where they are.
    func giveUp(because reason: String, _ work: any NodeWork, _ logger: Logger) async {
        do throws(DeliveryError) {
            guard try await othersDeliver(than: membership.id) else { return }
            await work.yieldRuns(because: reason)
        } catch {
            if contact.absence == nil { logger.warning("the nodes can't be read: \(error)") }
        }
    }

    /// What has been given up and has come to its end here becomes anybody's.
    func giveAway(_ work: any NodeWork, _ logger: Logger) async {
        let runs = await work.yieldedRuns()
        guard !runs.isEmpty else { return }
        do throws(DeliveryError) {
            try await free(runs)
            await work.gaveAway(runs)
            logger.warning("\(runs.count) runs are left to other nodes, since this one can't deliver")
        } catch {
            if contact.absence == nil { logger.warning("runs can't be given up: \(error)") }
        }
    }

    private func othersDeliver(than own: String) async throws(DeliveryError) -> Bool {
        try await read { session in
            try session.run(
                "SELECT 1 FROM node WHERE id <> $1 AND \(Self.delivers) LIMIT 1", [.text(own)],
                within: SharedLimits.patience
            ).count > 0
        }
    }

    /// Makes runs free for any node.
    func free(_ runs: [RunID]) async throws(DeliveryError) {
        let ids = Value.array(runs.map(\.rawValue))
        try await write { session, node in
            _ = try session.run(
                """
                UPDATE run SET owner_node = NULL, free_since = clock_timestamp()
                WHERE id = ANY($2::bigint[]) AND owner_node = $1 AND is_open
                """, [.text(node), ids])
        }
    }

    /// Nodes that live and take runs.
    static let delivers = "serves AND fault IS NULL AND beat_at > clock_timestamp() - make_interval(secs => lease / 2)"
}
#endif
