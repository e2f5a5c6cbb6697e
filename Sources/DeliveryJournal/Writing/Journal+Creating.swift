public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
import GRDB

extension Journal {
    public func create(
        _ run: NewRun, records: [StoredRecord], claim: KeyClaim?
    ) async throws(DeliveryError) -> RunID {
        try await write { database in
            if let id = try run.created(in: database) { return id }
            let id = try run.insert(into: database)
            if let claim { try Self.claim(database, claim, run: id, position: nil) }
            try run.noteAudit(database, id)
            for (position, record) in records.enumerated() {
                try record.insert(into: database, run: id, position: position)
            }
            return id
        }
    }

    public func createRetry(
        _ run: NewRun, of selection: FailureSelection, in origin: RunID, claim: KeyClaim?
    ) async throws(DeliveryError) -> (run: RunID, records: Int)? {
        try await write { database in
            if let id = try run.created(in: database) { return (id, try Self.storedRecordCount(database, of: id)) }
            let (condition, arguments) = try Self.retryable(selection, in: origin, database)
            let rows = try Row.fetchCursor(
                database, sql: "SELECT * FROM failure WHERE \(condition) ORDER BY line, id", arguments: arguments)
            guard var row = try rows.next() else { return nil }
            try Self.checkBinding(database, of: origin, run.binding)
            let id = try run.insert(into: database)
            if let claim { try Self.claim(database, claim, run: id, position: nil) }
            var roots: [Int64] = []
            while true {
                let root: Int64 = row["id"]
                try StoredRecord(line: row["line"], fields: RecordFields(row: row), root: root)
                    .insert(into: database, run: id, position: roots.count)
                roots.append(root)
                guard let next = try rows.next() else { break }
                row = next
            }
            // Afterwards: the walk goes by an index that claiming must not change under it.
            for root in roots { try Self.claim(database, root: root, for: id) }
            try run.noteAudit(database, id, records: roots.count)
            return (id, roots.count)
        }
    }

    public func createResend(
        _ run: NewRun, of record: Int64, as fields: RecordFields
    ) async throws(DeliveryError) -> RunID {
        try await write { database in
            if let id = try run.created(in: database) { return id }
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM failure WHERE id = ? AND \(FailureSQL.open)", arguments: [record])
            else { throw DeliveryError(.notFound, "The record is no longer among the failures.") }
            if let other = row["retrying_in"] as Int64? {
                throw DeliveryError(.conflict, "Run \(other) is sending the record already.")
            }
            try Self.checkBinding(database, of: RunID(rawValue: row["run"]), run.binding)
            let id = try run.insert(into: database)
            try StoredRecord(line: row["line"], fields: fields, root: record)
                .insert(into: database, run: id, position: 0)
            try Self.claim(database, root: record, for: id)
            try run.noteAudit(database, id, records: 1)
            return id
        }
    }

    /// Failed records go to the API that they were meant for. A run of an older version, which has none, takes this one.
    static func checkBinding(_ database: Database, of origin: RunID, _ binding: RunBinding) throws {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT api, profile FROM run WHERE id = ?", arguments: [origin.rawValue])
        else { return }
        if let obstacle = RunBinding(api: row["api"], profile: row["profile"]).obstacle(to: binding, for: origin) {
            throw obstacle
        }
        try database.execute(
            sql: "UPDATE run SET api = ?, profile = ? WHERE id = ? AND api IS NULL",
            arguments: [binding.api, binding.profile, origin.rawValue])
    }

    static func claim(_ database: Database, root: Int64, for run: RunID) throws {
        try database.cachedStatement(
            sql: "UPDATE failure SET retrying_in = ?2 WHERE id = ?1 AND recovered_in IS NULL"
        ).execute(arguments: [root, run.rawValue])
    }

    private static func retryable(
        _ selection: FailureSelection, in origin: RunID, _ database: Database
    ) throws -> (condition: String, arguments: StatementArguments) {
        let owner = try FailureSQL.owner(origin, database)
        let open = "\(FailureSQL.open) AND retrying_in IS NULL AND kind <> 'rejected' AND \(owner)"
        switch selection {
        case .matching(let query):
            let sql = try FailureSQL(query, database)
            return ("\(open) AND \(sql.condition)", [origin.rawValue] + sql.arguments)
        case .records(let ids):
            return (
                "\(open) AND id IN (SELECT value FROM json_each(?))",
                [origin.rawValue, "[" + ids.map(String.init).joined(separator: ",") + "]"]
            )
        }
    }
}

extension NewRun {
    /// The run that was created of it already.
    func created(in database: Database) throws -> RunID? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM run WHERE creation = ?"), arguments: [creation]
        ).map(RunID.init(rawValue:))
    }

    func insert(into database: Database) throws -> RunID {
        let (path, ownsPath): (String?, Bool) =
            switch location {
            case .file(let path): (path, false)
            case .spool(let name): (name, true)
            case .stored: (nil, false)
            }
        try database.cachedStatement(
            sql: """
                INSERT INTO run (source, path, owns_path, fingerprint, dialect, options, rules_version, state, is_open,
                    started_at, local_day, api, profile, node, owner, submitted_by, notices, creation)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            try JSONText.encode(source), path, ownsPath, try fingerprint.map(JSONText.encode),
            try dialect.map(JSONText.encode),
            try JSONText.encode(options), options.rules.version, try JSONText.encode(state), !state.isFinal,
            startedAt.timeIntervalSince1970, localDay.rawValue, binding.api, binding.profile, owner.node,
            owner.instance, submittedBy, try JSONText.encode(notices),
            creation,
        ])
        return RunID(rawValue: database.lastInsertedRowID)
    }

    /// Notes who created the run.
    /// - Parameter records: how many it holds, when that is known.
    func noteAudit(_ database: Database, _ id: RunID, records: Int? = nil) throws {
        guard var entry = audit else { return }
        entry.run = id
        entry.records = records
        try entry.insert(into: database)
    }
}
