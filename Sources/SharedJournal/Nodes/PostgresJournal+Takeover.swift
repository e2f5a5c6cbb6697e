#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Dispatch
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
        var last: Int64 = 0
        while true {
            let page = try await freeRuns(after: last, for: binding)
            for run in page {
                // A mount that hangs holds up nobody but whoever asks: no transaction is open meanwhile.
                let isHere = await Self.onThread { canRead(run.source) }
                guard isHere || run.copy != nil else { continue }
                let isTaken = try await write { session, node in
                    let rows = try session.run(
                        """
                        UPDATE run SET owner_node = $1, node = $4, free_since = NULL WHERE id = (
                            SELECT id FROM run WHERE id = $5 AND \(Self.isFree) FOR UPDATE SKIP LOCKED)
                        RETURNING id
                        """,
                        [
                            .text(node), .text(orNull: binding.api), .text(orNull: binding.profile),
                            .text(identity.name), .integer(run.id),
                        ]
                    ).rows
                    guard !rows.isEmpty else { return false }
                    if !isHere, let copy = run.copy { try Self.useCopy(of: run.id, copy, session, node: node) }
                    return true
                }
                if isTaken { return RunID(rawValue: run.id) }
            }
            guard page.count == Self.page, let end = page.last else { return nil }
            last = end.id
        }
    }

    private struct FreeRun: Sendable {
        var id: Int64
        var source: LocatedSource
        /// As what its bytes are stored in the journal.
        var copy: Int64?
    }

    private static let page = 50

    /// Of a row of `run`, for a node `$1` and a binding `$2`, `$3`. A run that nobody took for two seconds is anybody's, also
    /// when the clock was set back since.
    private static let isFree = """
        is_open AND owner_node IS NULL AND (hold IS NULL OR hold = 'paused')
            AND (api IS NULL OR (api = $2 AND profile IS NOT DISTINCT FROM $3))
            AND (free_since NOT BETWEEN clock_timestamp() - interval '2 seconds' AND clock_timestamp()
                OR free_since IS NOT NULL
                AND (SELECT count(*) FROM run AS own WHERE own.owner_node = $1 AND own.is_open) <= ALL (
                    SELECT (SELECT count(*) FROM run AS other WHERE other.owner_node = node.id AND other.is_open)
                    FROM node WHERE \(delivers)))
        """

    private func freeRuns(after last: Int64, for binding: RunBinding) async throws(DeliveryError) -> [FreeRun] {
        try await write { session, node in
            try session.run(
                """
                SELECT id, path, owns_path, fingerprint, creation, chunks FROM run
                WHERE \(Self.isFree) AND id > $4 ORDER BY id LIMIT \(Self.page)
                """,
                [.text(node), .text(orNull: binding.api), .text(orNull: binding.profile), .integer(last)]
            ).rows.compactMap { row in
                guard let id = row.integer("id") else { return nil }
                return FreeRun(
                    id: id, source: try LocatedSource(row: row),
                    copy: row.string("chunks") == nil ? nil : row.integer("creation"))
            }
        }
    }

    /// Asks a file system that may take its time.
    private static func onThread(_ question: @escaping @Sendable () -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: question()) }
        }
    }
}
#endif
