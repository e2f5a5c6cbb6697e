#if PostgreSQL
public import DeliveryModel
import DeliveryStore

extension PostgresJournal {
    /// The limits that the nodes divide; `nil` before the first node has delivered.
    public func limits() async throws(DeliveryError) -> ClusterLimits? {
        try await read { try SharedLimits.read($0).limits }
    }

    /// Changes a limit for all nodes. They divide the new one within a second.
    /// - Parameter entry: what the audit keeps of it.
    /// - Throws: `notFound` before the first node has delivered.
    public func set(
        _ change: ClusterLimits.Change, noting entry: AuditEntry
    ) async throws(DeliveryError) -> ClusterLimits {
        try await writeAnywhere { session in
            // Nodes that change their shares meanwhile find that out, and begin again.
            try session.run("SELECT version FROM cluster FOR UPDATE")
            var read = try SharedLimits.read(session)
            guard let limits = read.limits else {
                throw DeliveryError(.notFound, "There are no limits yet: no node has delivered with this journal.")
            }
            let changed = limits.changed(change)
            read.limits = changed
            try session.run("SELECT change_cluster($1)", [.integer(read.version)])
            let statement =
                switch change {
                case .limit(let name, _):
                    SharedLimits.store(name, changed[name], turn: read.shares[name]?.turn ?? 0)
                case .window: SharedLimits.store(SharedLimits.Hours(text: changed.window))
                }
            try session.run(statement.sql, statement.values)
            _ = try session.run([entry.statement, News.limits.announcement])
            return changed
        }
    }
}
#endif
