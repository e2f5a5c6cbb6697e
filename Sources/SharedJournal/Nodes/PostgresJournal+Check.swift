#if PostgreSQL
public import DeliveryModel
import Foundation

extension PostgresJournal {
    /// Something that matters for what the database keeps.
    public struct Finding: Hashable, Sendable {
        public enum Grade: Hashable, Sendable {
            case fine
            case doubtful
            /// What was acknowledged could be lost.
            case unsafe
        }

        public var grade: Grade
        public var name: String
        public var text: String
    }

    /// What becomes of acknowledged commits when a machine fails, and who delivers.
    public func check() async throws(DeliveryError) -> [Finding] {
        let name = settings.name
        let (server, standbys) = try await read { session in
            let row = try session.run(
                """
                SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
                    current_setting('synchronous_commit') AS commits, current_setting('full_page_writes') AS pages,
                    current_setting('synchronous_standby_names') AS synchronous,
                    (SELECT version FROM journal_version) AS schema,
                    (SELECT count(*) FROM node) AS nodes, (SELECT count(*) FROM run WHERE is_open) AS open,
                    coalesce((SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
                        WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()), 0)::double precision AS oldest
                """
            ).rows.first
            let standbys = try session.run("SELECT application_name, sync_state FROM pg_stat_replication").rows
            return (row, standbys.map { "\($0.text("application_name")) (\($0.text("sync_state")))" })
        }
        guard let server else { return [] }
        var findings = [
            Finding(
                grade: .fine, name: "journal",
                text: "PostgreSQL \(server.text("version")), database \(name), schema \(server.int("schema"))"),
            Finding(grade: .fine, name: "nodes", text: "\(server.int("nodes")), open runs \(server.int("open"))"),
        ]
        let isDurable = server.text("fsync") == "on" && server.text("pages") == "on"
        findings.append(
            Finding(
                grade: isDurable ? .fine : .unsafe, name: "disk",
                text: isDurable
                    ? "commits are written through" : "fsync or full_page_writes is off: a crash can lose the journal"))
        let commits = server.text("commits")
        if commits == "off" {
            findings.append(
                Finding(grade: .unsafe, name: "commits", text: "synchronous_commit is off: a crash loses the newest"))
        } else if server.text("synchronous").isEmpty || commits == "local" {
            findings.append(
                Finding(
                    grade: .doubtful, name: "replication",
                    text: standbys.isEmpty
                        ? "none: commits survive this server only as its disk does"
                        : "asynchronous, to \(standbys.joined(separator: ", ")): a failover loses the newest commits"))
        } else {
            findings.append(
                Finding(
                    grade: standbys.isEmpty ? .doubtful : .fine, name: "replication",
                    text: standbys.isEmpty
                        ? "synchronous, but no standby is connected: commits wait for one"
                        : "synchronous, to \(standbys.joined(separator: ", "))"))
        }
        let oldest = server.double("oldest") ?? 0
        if oldest > 300 {
            findings.append(
                Finding(
                    grade: .doubtful, name: "vacuum",
                    text: "a transaction is open for \(Int(oldest)) s and keeps removed rows: end it"))
        }
        return findings
    }
}
#endif
