#if PostgreSQL
import DeliveryModel

extension PostgresJournal {
    /// Gives up what this node owns, and its membership, in one commit: others continue immediately. For when nothing of
    /// it is under way any more. What a command leaves waits for its user.
    public func leave() async {
        guard case .delivering(let identity) = role, membership.isMember else { return }
        let node = membership.id
        try? await writeAnywhere { session in
            guard try session.run("SELECT 1 FROM node WHERE id = $1 FOR UPDATE", [.text(node)]).count > 0 else {
                return
            }
            try session.run(
                """
                UPDATE run SET owner_node = NULL, free_since = CASE WHEN $2 THEN clock_timestamp() END
                WHERE owner_node = $1 AND is_open
                """, [.text(node), .boolean(identity.serves)])
            try Self.remove(node, takenOverBy: nil, session)
        }
        membership.lost(node)
    }

    static func remove(_ node: String, takenOverBy other: String?, _ session: Session) throws {
        try session.run(
            """
            INSERT INTO departed (id, name, version, takeovers, taken_over_by)
            SELECT id, name, version, takeovers, $2 FROM node WHERE id = $1 ON CONFLICT DO NOTHING
            """, [.text(node), .text(orNull: other)])
        try session.run("DELETE FROM node WHERE id = $1", [.text(node)])
        try session.run("DELETE FROM commit_log WHERE node = $1", [.text(node)])
        try session.run("DELETE FROM departed WHERE left_at < clock_timestamp() - interval '1 day'")
    }
}
#endif
