#if PostgreSQL
import DeliveryModel

/// The tables and functions of the shared journal, which the first node that starts creates or brings up to date.
///
/// Changes only add, so that nodes of this version and the one before work together: the schema holds its version and
/// the oldest one that can use it.
enum SharedSchema {
    static let version = 7
    static let oldest = 1

    /// - Throws: `DeliveryError` when the schema is newer than this program can use.
    static func migrate(_ session: Session) throws {
        let encoding = try session.run("SHOW server_encoding").rows.first?.text("server_encoding")
        guard encoding == "UTF8" else {
            throw DeliveryError(
                .configuration,
                "The journal's database keeps text as \(encoding ?? "?"). Create it with ENCODING 'UTF8'.")
        }
        if try isCurrent(session) { return }
        do {
            // One node at a time, also before there is a table to lock.
            try session.script("BEGIN; SELECT pg_advisory_xact_lock(\(lockKey))")
            let known = try knownVersion(session)
            if known < version {
                if known < 1 { try session.script(SchemaTables.first) }
                if known < 3 { try session.script(SchemaTables.third) }
                if known < 4 { try session.script(SchemaTables.fourth) }
                if known < 5 { try session.script(SchemaTables.fifth) }
                if known < 7 { try session.script(SchemaTables.seventh) }
                try session.script(SchemaFunctions.all)
                try session.run("DELETE FROM journal_version")
                try session.run("INSERT INTO journal_version VALUES ($1, $2)", [Value(version), Value(oldest)])
            }
            try session.run("COMMIT")
        } catch {
            if (error as? PostgreSQLFault)?.isConnectionLost != true { _ = try? session.run("ROLLBACK") }
            throw error
        }
        _ = try isCurrent(session)
    }

    /// For a program that only looks.
    static func check(_ session: Session) throws {
        guard try isCurrent(session) else {
            throw DeliveryError(.notFound, "There is no journal in this database yet: nothing was delivered with it.")
        }
    }

    /// Chosen once; nobody else's lock in the same database.
    private static let lockKey = 0x4461_7461_436F_6E6E

    private static func isCurrent(_ session: Session) throws -> Bool {
        let known = try knownVersion(session)
        guard known >= version else { return false }
        let row = try session.run("SELECT oldest FROM journal_version").rows.first
        guard let oldest = row?.int("oldest"), oldest <= version else {
            throw DeliveryError(
                .journal, "The shared journal was written by a newer version of this program. Update this node.")
        }
        return true
    }

    private static func knownVersion(_ session: Session) throws -> Int {
        // Looked up in the catalog itself: what the server remembers of names may be older than the lock.
        let table = """
            SELECT 1 FROM pg_class WHERE relname = 'journal_version' AND relkind = 'r' AND pg_table_is_visible(oid)
            """
        guard try session.run(table).count > 0 else { return 0 }
        return try session.run("SELECT version FROM journal_version").rows.first?.int("version") ?? 0
    }
}
#endif
