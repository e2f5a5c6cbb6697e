#if PostgreSQL
public import DeliveryModel
import Foundation

/// A node, as others see it.
public struct NodeRecord: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        case live
        /// Its heartbeat is older than its lease.
        case silent
        /// It left, or others took over.
        case gone
    }

    public var name: String
    public var id: String
    public var version: String
    public var state: State
    /// Seconds since it last said that it lives, or since it left.
    public var heartbeatAge: Double
    public var runs: Int
    public var inFlight: Int
    public var takeovers: Int
    /// The node that took over from it.
    public var takenOverBy: String?
}

extension PostgresJournal {
    /// All nodes, and those of the last day that are gone; by name.
    public func nodes() async throws(DeliveryError) -> [NodeRecord] {
        try await read { session in
            try session.run(
                """
                SELECT name, id::text AS id, version, takeovers, in_flight, NULL AS taken_over_by,
                    CASE WHEN clock_timestamp() - beat_at > make_interval(secs => lease) THEN 'silent' ELSE 'live' END
                        AS state,
                    extract(epoch FROM clock_timestamp() - beat_at)::double precision AS age,
                    (SELECT count(*) FROM run WHERE owner_node = node.id AND is_open) AS runs
                FROM node
                UNION ALL
                SELECT name, id::text, version, takeovers, 0, taken_over_by, 'gone',
                    extract(epoch FROM clock_timestamp() - left_at)::double precision, 0
                FROM departed WHERE left_at > clock_timestamp() - interval '1 day'
                ORDER BY name, age
                """
            ).rows.map { row in
                NodeRecord(
                    name: row.text("name"), id: row.text("id"), version: row.text("version"),
                    state: NodeRecord.State(rawValue: row.text("state")) ?? .gone,
                    heartbeatAge: max(0, row.double("age") ?? 0), runs: row.int("runs"),
                    inFlight: row.int("in_flight"), takeovers: row.int("takeovers"),
                    takenOverBy: row.string("taken_over_by"))
            }
        }
    }
}
#endif
