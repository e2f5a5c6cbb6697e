#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Foundation

extension PostgresJournal {
    /// Makes the runs of an expired node free, counts what it had under way as in doubt, and ends its membership, all in
    /// one transaction: from then on it commits nothing.
    /// - Parameter heartbeat: the one that stood still; `nil` when the process is known to be dead.
    /// - Returns: the runs; `nil` when the node lives, is busy with a commit, or another one was faster.
    func takeOver(_ node: String, heartbeat: Int64?) async throws(DeliveryError) -> [RunID]? {
        guard case .delivering(let identity) = role else { return nil }
        let name = identity.name
        let runs = try await write { session, _ -> [RunID]? in
            let row = try session.run(
                "SELECT heartbeat FROM node WHERE id = $1 FOR UPDATE SKIP LOCKED", [.text(node)]
            ).rows.first
            guard let row, heartbeat == nil || row.integer("heartbeat") == heartbeat else { return nil }
            let runs = try session.run(
                """
                UPDATE run SET owner_node = NULL, free_since = clock_timestamp() WHERE owner_node = $1 AND is_open
                RETURNING id
                """, [.text(node)]
            ).rows.compactMap { $0.integer("id") }
            for run in runs { try session.run("SELECT count_in_doubt($1)", [.integer(run)]) }
            try Self.remove(node, takenOverBy: name, session)
            return runs.map(RunID.init(rawValue:))
        }
        if runs != nil { membership.tookOver() }
        return runs
    }

    /// Open runs of a node that are to be sent, whether or not somebody works on them.
    func ownRuns(of node: String) async throws(DeliveryError) -> [RunID] {
        try await read { session in
            try session.run(
                """
                SELECT id, state, source FROM run
                WHERE owner_node = $1 AND is_open AND (hold IS NULL OR hold = 'paused') ORDER BY id
                """, [.text(node)], within: SharedLimits.patience
            ).rows.compactMap { row in
                guard let id = row.integer("id") else { return nil }
                let (state, source): (RunState, RunSource) = (try row.json("state"), try row.json("source"))
                // What was accepted is continued whatever ended it; a file of an operator's waits for that one.
                switch (state, source) {
                case (.stopped, .upload), (.stopped, .submissions): return RunID(rawValue: id)
                default: return state.isActive ? RunID(rawValue: id) : nil
                }
            }
        }
    }

    /// Takes one free run, unless a node with fewer of them will.
    /// - Parameters:
    ///   - binding: the API that this node delivers to.
    ///   - canRead: whether this node sees a file of an operator's.
    func claimOne(
        for binding: RunBinding, canRead: @escaping @Sendable (LocatedSource) -> Bool
    ) async throws(DeliveryError) -> RunID? {
        guard case .delivering(let identity) = role else { return nil }
        return try await write { session, node in
            // A run that nobody took for two seconds is anybody's, also when the clock was set back since.
            let rows = try session.run(
                """
                SELECT id, path, owns_path, fingerprint, creation, chunks FROM run
                WHERE is_open AND owner_node IS NULL AND (hold IS NULL OR hold = 'paused')
                    AND (api IS NULL OR (api = $2 AND profile IS NOT DISTINCT FROM $3))
                    AND (free_since NOT BETWEEN clock_timestamp() - interval '2 seconds' AND clock_timestamp()
                        OR free_since IS NOT NULL
                        AND (SELECT count(*) FROM run AS own WHERE own.owner_node = $1 AND own.is_open) <= ALL (
                            SELECT (SELECT count(*) FROM run AS other WHERE other.owner_node = node.id AND other.is_open)
                            FROM node WHERE \(Self.delivers)))
                ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED
                """,
                [.text(node), .text(orNull: binding.api), .text(orNull: binding.profile)]
            ).rows
            for row in rows {
                guard let id = row.integer("id") else { continue }
                let isHere = canRead(try LocatedSource(row: row))
                let copy = row.string("chunks") == nil ? nil : row.integer("creation")
                guard isHere || copy != nil else { continue }
                try session.run(
                    "UPDATE run SET owner_node = $1, node = $2, free_since = NULL WHERE id = $3",
                    [.text(node), .text(identity.name), .integer(id)])
                if !isHere, let copy { try Self.useCopy(of: id, copy, session, node: node) }
                return RunID(rawValue: id)
            }
            return nil
        }
    }
}
#endif
