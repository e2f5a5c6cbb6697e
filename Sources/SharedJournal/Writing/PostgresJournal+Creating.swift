#if PostgreSQL
public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

extension PostgresJournal {
    /// A run whose source lies in this node's spool is created when the database has every byte of it.
    public func create(
        _ run: NewRun, records: [StoredRecord], claim: KeyClaim?
    ) async throws(DeliveryError) -> RunID {
        let chunks = try await storeChunks(of: run)
        let id = try await write { session, node in
            if let id = try run.created(session) { return id }
            let id = try run.insert(session, node: node, chunks: chunks)
            try run.noteAudit(session, id)
            try claim?.note(id, session)
            try Self.store(records, of: id, from: 0, session)
            return id
        }
        if !run.state.isFinal { noteLocalFile(id, run.creation, run.location, run.fingerprint) }
        return id
    }

    public func createRetry(
        _ run: NewRun, of selection: FailureSelection, in origin: RunID, claim: KeyClaim?
    ) async throws(DeliveryError) -> (run: RunID, records: Int)? {
        try await write { session, node in
            if let id = try run.created(session) { return (id, try Self.storedRecordCount(session, of: id)) }
            var (condition, parameters) = try Self.retryable(selection, in: origin, session)
            // Locked, so that two nodes never send the same record.
            guard
                try session.run(
                    "SELECT 1 FROM failure WHERE \(condition) ORDER BY id FOR UPDATE", parameters.values
                ).count > 0
            else { return nil }
            try Self.checkBinding(session, of: origin, run.binding)
            let id = try run.insert(session, node: node, chunks: nil)
            try claim?.note(id, session)
            let place = parameters.add(Value(id))
            let count = try session.run(
                """
                INSERT INTO stored_record (run, position, line, name, age, cookie, banner_id, root)
                SELECT \(place)::bigint, row_number() OVER (ORDER BY line, id) - 1, line, name, age, cookie, banner_id, id
                FROM failure WHERE \(condition)
                """, parameters.values
            ).count
            try session.run(
                "UPDATE failure SET retrying_in = $1 WHERE id IN (SELECT root FROM stored_record WHERE run = $1)",
                [Value(id)])
            try run.noteAudit(session, id, records: count)
            return (id, count)
        }
    }

    public func createResend(
        _ run: NewRun, of record: Int64, as fields: RecordFields
    ) async throws(DeliveryError) -> RunID {
        try await write { session, node in
            if let id = try run.created(session) { return id }
            guard
                let row = try session.run(
                    "SELECT * FROM failure WHERE id = $1 AND \(FailureSQL.open) FOR UPDATE", [.integer(record)]
                ).rows.first
            else { throw DeliveryError(.notFound, "The record is no longer among the failures.") }
            if let other = row.integer("retrying_in") {
                throw DeliveryError(.conflict, "Run \(other) is sending the record already.")
            }
            try Self.checkBinding(session, of: RunID(rawValue: row.integer("run") ?? 0), run.binding)
            let id = try run.insert(session, node: node, chunks: nil)
            try Self.store(
                [StoredRecord(line: row.int("line"), fields: fields, root: record)], of: id, from: 0, session)
            try Self.claim(record, for: id, session)
            try run.noteAudit(session, id, records: 1)
            return id
        }
    }

    public func addFixed(
        _ records: [FixedRecord], to run: RunID?, _ new: NewRun, of origin: RunID
    ) async throws(DeliveryError) -> (run: RunID?, added: Int) {
        try await write { [folder] session, node in
            _ = folder
            try Self.checkBinding(session, of: origin, new.binding)
            var id = run
            var position = try run.map { try Self.storedRecordCount(session, of: $0) } ?? 0
            let start = position
            for record in records {
                let root: Int64
                switch record.origin {
                case .failure(let failure):
                    let isFree =
                        try session.run(
                            """
                            SELECT 1 FROM failure WHERE id = $1 AND \(FailureSQL.open) AND retrying_in IS NULL FOR UPDATE
                            """, [.integer(failure)]
                        ).count > 0
                    guard isFree else { continue }
                    root = failure
                case .rejected(let failure):
                    try session.run(
                        "SELECT add_failures($1, $2, $3)",
                        [Value(origin), try .json([FailureJSON(failure)]), .time(Date())])
                    root =
                        try session.run("SELECT currval(pg_get_serial_sequence('failure', 'id')) AS id")
                        .rows.first?.integer("id") ?? 0
                }
                let target = try id ?? new.insert(session, node: node, chunks: nil)
                id = target
                try Self.store(
                    [StoredRecord(line: record.line, fields: record.fields, root: root)], of: target, from: position,
                    session)
                try Self.claim(root, for: target, session)
                position += 1
            }
            return (id, position - start)
        }
    }

    private static func store(
        _ records: [StoredRecord], of run: RunID, from position: Int, _ session: Session
    ) throws {
        let sql = """
            INSERT INTO stored_record (run, position, line, name, age, cookie, banner_id, root)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
            """
        let statements = records.enumerated().map { index, record in
            Statement(
                sql,
                [
                    Value(run), Value(position + index), Value(record.line), .text(orNull: record.fields.name),
                    .text(orNull: record.fields.age), .text(orNull: record.fields.cookie),
                    .text(orNull: record.fields.bannerID), .integer(orNull: record.root),
                ])
        }
        // Together they cost one way there and back.
        for start in stride(from: 0, to: statements.count, by: 1000) {
            _ = try session.run(Array(statements[start..<min(start + 1000, statements.count)]))
        }
    }

    private static func claim(_ root: Int64, for run: RunID, _ session: Session) throws {
        try session.run(
            "UPDATE failure SET retrying_in = $2 WHERE id = $1 AND recovered_in IS NULL",
            [.integer(root), Value(run)])
    }

    /// Failed records go to the API that they were meant for. A run that has none takes this one.
    private static func checkBinding(_ session: Session, of origin: RunID, _ binding: RunBinding) throws {
        guard let row = try session.run("SELECT api, profile FROM run WHERE id = $1", [Value(origin)]).rows.first
        else { return }
        let own = RunBinding(api: row.string("api"), profile: row.string("profile"))
        if let obstacle = own.obstacle(to: binding, for: origin) { throw obstacle }
        guard own.api == nil else { return }
        try session.run(
            "UPDATE run SET api = $1, profile = $2 WHERE id = $3 AND api IS NULL",
            [.text(orNull: binding.api), .text(orNull: binding.profile), Value(origin)])
    }

    private static func retryable(
        _ selection: FailureSelection, in origin: RunID, _ session: Session
    ) throws -> (condition: String, parameters: Parameters) {
        var parameters = Parameters()
        let owner = try FailureSQL.owner(origin, session, &parameters)
        let open = "\(FailureSQL.open) AND retrying_in IS NULL AND kind <> 'rejected' AND \(owner)"
        switch selection {
        case .matching(let query):
            let sql = try FailureSQL(query, session, parameters)
            return ("\(open) AND \(sql.condition)", sql.parameters)
        case .records(let ids):
            return ("\(open) AND id = ANY(\(parameters.add(.array(ids)))::bigint[])", parameters)
        }
    }
}

extension NewRun {
    /// The run that was created of it already.
    func created(_ session: Session) throws -> RunID? {
        try session.run("SELECT id FROM run WHERE creation = $1", [.integer(creation)]).rows.first?.integer("id")
            .map(RunID.init(rawValue:))
    }

    func insert(_ session: Session, node: String, chunks: Int?) throws -> RunID {
        let (path, ownsPath): (String?, Bool) =
            switch location {
            case .file(let path): (path, false)
            case .spool(let name): (name, true)
            case .stored: (nil, false)
            }
        let row = try session.run(
            """
            INSERT INTO run (source, path, owns_path, fingerprint, dialect, options, rules_version, state, is_open,
                started_at, local_day, api, profile, node, owner, submitted_by, notices, creation, owner_node, chunks)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
            RETURNING id
            """,
            [
                try .json(source), .text(orNull: path), .boolean(ownsPath), try fingerprint.map(Value.json) ?? .null,
                try dialect.map(Value.json) ?? .null, try .json(options), Value(options.rules.version),
                try .json(state),
                .boolean(!state.isFinal), .time(startedAt), .text(localDay.rawValue), .text(orNull: binding.api),
                .text(orNull: binding.profile), .text(owner.node), .text(owner.instance), .text(orNull: submittedBy),
                try .json(notices), .integer(creation), .text(node), .integer(orNull: chunks.map(Int64.init)),
            ]
        ).rows.first
        return RunID(rawValue: row?.integer("id") ?? 0)
    }
}
#endif
