#if PostgreSQL
public import DeliveryModel

extension PostgresJournal {
    /// Gives the space of removed rows back for use, while the nodes work.
    /// - Returns: what the tables took before and take now, in bytes.
    public func compact() async throws(DeliveryError) -> (before: Int, after: Int) {
        try await read(isLong: true) { session in
            func size() throws -> Int {
                try session.run(
                    """
                    SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
                    WHERE relkind = 'r' AND pg_table_is_visible(oid) AND relnamespace = current_schema()::regnamespace
                    """
                ).rows.first?.int("bytes") ?? 0
            }
            let tables = try session.run(
                """
                SELECT quote_ident(relname) AS name FROM pg_class
                WHERE relkind = 'r' AND pg_table_is_visible(oid) AND relnamespace = current_schema()::regnamespace
                ORDER BY relname
                """
            ).rows.map { $0.text("name") }
            let before = try size()
            // Each is a transaction of its own.
            for table in tables { try session.script("VACUUM (ANALYZE) \(table)") }
            return (before, try size())
        }
    }
}
#endif
