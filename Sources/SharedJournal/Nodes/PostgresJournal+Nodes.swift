#if PostgreSQL
public import DeliveryModel
import Foundation

extension PostgresJournal {
    /// How the nodes do, and what this one had to do with them.
    public func figures() async -> NodeFigures {
        let counts = try? await read { session in
            try session.run(
                """
                SELECT count(*) AS nodes,
                    count(*) FILTER (WHERE clock_timestamp() - beat_at > make_interval(secs => lease)) AS silent
                FROM node
                """
            ).rows.first.map { (live: $0.int("nodes") - $0.int("silent"), silent: $0.int("silent")) }
        }
        return NodeFigures(
            live: counts?.live, silent: counts?.silent, takeovers: membership.takeovers,
            fencedCommits: membership.fencedCommits, heldSeconds: membership.held.secondsAsDouble)
    }

    /// All nodes, those of the last day that are gone, and what they share.
    public func nodes() async throws(DeliveryError) -> NodesSnapshot {
        let own = membership.id
        return try await read { session in
            let limits = try SharedLimits.read(session).limits
            let nodes = try session.run(
                """
                SELECT name, id::text AS id, version, takeovers, in_flight, NULL AS taken_over_by, limits, fault,
                    (SELECT granted FROM share WHERE share.node = node.id AND share.name = 'rate') AS rate,
                    (SELECT granted FROM share WHERE share.node = node.id AND share.name = 'concurrency') AS places,
                    CASE WHEN clock_timestamp() - beat_at > make_interval(secs => lease) THEN 'silent' ELSE 'live' END
                        AS state,
                    extract(epoch FROM clock_timestamp() - beat_at)::double precision AS age,
                    (SELECT count(*) FROM run WHERE owner_node = node.id AND is_open) AS runs
                FROM node
                UNION ALL
                SELECT name, id::text, version, takeovers, 0, taken_over_by, '{}', NULL, NULL, NULL, 'gone',
                    extract(epoch FROM clock_timestamp() - left_at)::double precision, 0
                FROM departed WHERE left_at > clock_timestamp() - interval '1 day'
                ORDER BY name, age
                """, within: SharedLimits.patience
            ).rows.map { row in
                var node = NodeRecord(
                    name: row.text("name"), id: row.text("id"), version: row.text("version"),
                    state: NodeRecord.State(rawValue: row.text("state")) ?? .gone,
                    heartbeatAge: max(0, row.double("age") ?? 0), runs: row.int("runs"),
                    inFlight: row.int("in_flight"), takeovers: row.int("takeovers"),
                    takenOverBy: row.string("taken_over_by"))
                node.rateShare = row.integer("rate").map(Int.init).flatMap { $0 == LimitShares.unlimited ? nil : $0 }
                node.places = row.int("places")
                node.fault = row.string("fault")
                if let limits {
                    node.differences = try row.json("limits", as: GivenLimits.self).differences(from: limits)
                }
                return node
            }
            return NodesSnapshot(own: own, nodes: nodes, limits: limits, readAt: Date())
        }
    }
}
#endif
