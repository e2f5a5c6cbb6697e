#if PostgreSQL
public import DeliveryModel
public import DeliveryStore
import Foundation
public import SystemPackage

extension PostgresJournal {
    /// What moved in.
    public struct Imported: Hashable, Sendable {
        public var runs = 0
        public var openRuns = 0
        public var failures = 0
        /// What is added to the number of each run.
        public var offset: Int64 = 0

        public init() {}
    }

    /// Takes in all that another journal holds, in one transaction. What services continue by themselves becomes free
    /// for all nodes; what a command left waits for its user.
    /// - Parameters:
    ///   - export: the journal of a state directory that nobody delivers from.
    ///   - spool: where the bytes of its uploads lie.
    /// - Throws: `conflict` when it moved in already.
    public func take(_ export: any StoreExport, spool: FilePath) async throws(DeliveryError) -> Imported {
        var creations: [Int64: Int64] = [:]
        var chunks: [Int64: Int] = [:]
        do {
            var sources: [(run: Int64, name: String)] = []
            try export.rows(of: "run") { row in
                guard let run = row["id"]?.integer else { return }
                creations[run] = row["creation"]?.integer ?? Int64.random(in: .min...(.max))
                let isNeeded = row["is_open"]?.integer == 1 || row["state"]?.text?.hasPrefix(#"{"refused""#) == true
                if row["owns_path"]?.integer == 1, isNeeded, let name = row["path"]?.text {
                    sources.append((run, name))
                }
            }
            for (run, name) in sources where access(spool.appending(name).string, R_OK) == 0 {
                chunks[run] = try await storeChunks(of: spool.appending(name), as: creations[run] ?? 0)
            }
        } catch {
            throw describe(error)
        }
        let (numbers, stored) = (creations, chunks)
        return try await write { session, _ in
            var work = ImportWork(session: session, creations: numbers, chunks: stored)
            return try work.perform(export)
        }
    }
}

/// The tables of another journal, one after the other.
private struct ImportWork {
    let session: Session
    let creations: [Int64: Int64]
    let chunks: [Int64: Int]
    private var result = PostgresJournal.Imported()
    private var failureOffset: Int64 = 0

    init(session: Session, creations: [Int64: Int64], chunks: [Int64: Int]) {
        self.session = session
        self.creations = creations
        self.chunks = chunks
    }

    mutating func perform(_ export: any StoreExport) throws -> PostgresJournal.Imported {
        // Nobody else takes a number in between, and the sums are moved, not counted again.
        try session.run("LOCK TABLE run, failure IN SHARE ROW EXCLUSIVE MODE")
        try session.run("ALTER TABLE run DISABLE TRIGGER run_counted")
        for creation in creations.values {
            guard try session.run("SELECT 1 FROM run WHERE creation = $1", [.integer(creation)]).count == 0 else {
                throw DeliveryError(.conflict, "This journal was imported already. Its runs are there.")
            }
        }
        result.offset = try reserve("run", creations.keys.max() ?? 0)
        var lastFailure: Int64 = 0
        try export.rows(of: "failure") { lastFailure = max(lastFailure, $0["id"]?.integer ?? 0) }
        failureOffset = try reserve("failure", lastFailure)

        try runs(export)
        result.failures = try copy(export, "failure", runs: ["run", "retrying_in", "recovered_in"], failures: ["id"])
        for table in ["batch", "part"] { _ = try copy(export, table, runs: ["run"]) }
        _ = try copy(export, "stored_record", runs: ["run"], failures: ["root"])
        _ = try copy(export, "failure_try", runs: ["run"], failures: ["failure"])
        _ = try copy(export, "idempotency", runs: ["run"], conflict: "ON CONFLICT DO NOTHING")
        _ = try copy(export, "content", runs: ["run"], conflict: "ON CONFLICT DO NOTHING")
        _ = try copy(export, "audit", runs: ["run"], without: ["id"], conflict: "ON CONFLICT DO NOTHING")
        try sums(export)
        try session.run("ALTER TABLE run ENABLE TRIGGER run_counted")
        return result
    }

    private func reserve(_ table: String, _ last: Int64) throws -> Int64 {
        let offset =
            try session.run(
                "SELECT coalesce(max(id), 0) AS last FROM \(table)"
            ).rows.first?.integer("last") ?? 0
        let sequence = "pg_get_serial_sequence('\(table)', 'id')"
        try session.run(
            "SELECT setval(\(sequence), greatest(nextval(\(sequence)), $1))", [.integer(offset + max(1, last))])
        return offset
    }

    private mutating func runs(_ export: any StoreExport) throws {
        var table = try ImportedTable("run", session)
        let offset = result.offset
        try export.rows(of: "run") { row in
            guard let old = row["id"]?.integer else { return }
            var row = row
            row["id"] = .integer(old + offset)
            row["creation"] = creations[old].map(ExportedValue.integer)
            if let other = row["duplicate_of"]?.integer { row["duplicate_of"] = .integer(other + offset) }
            if let source = row["source"]?.text,
                case .retry(let origin) = try JSONDecoder().decode(RunSource.self, from: Data(source.utf8))
            {
                let moved = RunSource.retry(of: RunID(rawValue: origin.rawValue + offset))
                row["source"] = .text(String(decoding: try JSONEncoder().encode(moved), as: UTF8.self))
            }
            if let chunks = chunks[old] { row["chunks"] = .integer(Int64(chunks)) }
            result.runs += 1
            if row["is_open"]?.integer == 1 { result.openRuns += 1 }
            try table.add(row, session)
        }
        try table.finish(session)
        // Files and standard input belong to the user who started them.
        try session.run(
            """
            UPDATE run SET free_since = clock_timestamp() WHERE id > $1 AND is_open AND owner_node IS NULL
                AND source NOT LIKE '{"file"%' AND source NOT LIKE '{"standardInput"%'
            """, [.integer(offset)])
    }

    private func copy(
        _ export: any StoreExport, _ name: String, runs: [String] = [], failures: [String] = [],
        without left: [String] = [], conflict: String = ""
    ) throws -> Int {
        var table = try ImportedTable(name, session, conflict: conflict)
        try export.rows(of: name) { row in
            var row = row
            for column in left { row[column] = nil }
            for column in runs {
                if let run = row[column]?.integer { row[column] = .integer(run + result.offset) }
            }
            for column in failures {
                if let failure = row[column]?.integer { row[column] = .integer(failure + failureOffset) }
            }
            try table.add(row, session)
        }
        try table.finish(session)
        return table.count
    }

    private func sums(_ export: any StoreExport) throws {
        try export.rows(of: "total") { row in
            for column in RunColumns.summed {
                let value: Double? =
                    switch row[column] {
                    case .integer(let value): Double(value)
                    case .real(let value): value
                    default: nil
                    }
                if let value { try session.run("UPDATE total SET \(column) = \(column) + $1", [.double(value)]) }
            }
        }
        for (table, key, value) in [
            ("total_status", "status", "count"), ("total_state", "state", "count"),
            ("sent_period", "api, period", "records"),
        ] {
            var imported = try ImportedTable(
                table, session,
                conflict: "ON CONFLICT (\(key)) DO UPDATE SET \(value) = \(table).\(value) + excluded.\(value)")
            try export.rows(of: table) { try imported.add($0, session) }
            try imported.finish(session)
        }
    }
}
#endif
