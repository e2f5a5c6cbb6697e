#if PostgreSQL
public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

extension PostgresJournal {
    public func failures(
        _ query: FailureQuery, offset: Int, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await read(isLong: true) { session in
            var selection = try FailureSQL(query, session)
            let page = "LIMIT \(selection.add(Value(limit))) OFFSET \(selection.add(Value(offset)))"
            return try session.run(
                "SELECT * FROM failure WHERE \(selection.condition) ORDER BY \(selection.order) \(page)",
                selection.parameters.values, within: Self.readSeconds
            ).rows.map(FailedRecord.init(row:))
        }
    }

    public func failures(
        _ query: FailureQuery, after record: Int64?, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await read(isLong: true) { session in
            var selection = try FailureSQL(query, session)
            let condition = try record.map { try selection.following($0, session) } ?? selection.condition
            let place = selection.add(Value(limit))
            return try session.run(
                "SELECT * FROM failure WHERE \(condition) ORDER BY \(selection.order) LIMIT \(place)",
                selection.parameters.values, within: Self.readSeconds
            ).rows.map(FailedRecord.init(row:))
        }
    }

    public func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int {
        try await read(isLong: true) { session in
            let selection = try FailureSQL(query, session)
            return try session.run(
                "SELECT count(*) AS count FROM failure WHERE \(selection.condition)", selection.parameters.values,
                within: Self.readSeconds
            ).rows.first?.int("count") ?? 0
        }
    }

    public func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64] {
        try await read(isLong: true) { session in
            let selection = try FailureSQL(query, session)
            return try session.run(
                "SELECT id FROM failure WHERE \(selection.condition) ORDER BY \(selection.order)",
                selection.parameters.values, within: Self.readSeconds
            ).rows.compactMap { $0.integer("id") }
        }
    }

    public func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord] {
        try await read { session in
            let rows = try session.run("SELECT * FROM failure WHERE id = ANY($1::bigint[])", [.array(ids)]).rows
            let known = Dictionary(rows.map { ($0.integer("id") ?? 0, FailedRecord(row: $0)) }) { first, _ in first }
            return ids.compactMap { known[$0] }
        }
    }

    public func failure(_ id: Int64) async throws(DeliveryError) -> FailedRecord? {
        try await failures(ids: [id]).first
    }

    public func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets {
        try await read(isLong: true) { session in
            try FailureFacets(of: query) { part, query in
                let selection = try FailureSQL(query, session)
                return try session.run(
                    """
                    SELECT \(part.rawValue)::text AS value, count(*) AS count FROM failure
                    WHERE \(selection.condition) AND \(part.rawValue) IS NOT NULL GROUP BY \(part.rawValue)
                    """, selection.parameters.values, within: Self.readSeconds
                ).rows.map { ($0.text("value"), $0.int("count")) }
            }
        }
    }

    public func unsentRecords(
        of day: LocalDay, after record: Int64, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await read { session in
            try session.run(
                """
                SELECT * FROM failure
                WHERE \(FailureSQL.open) AND kind <> 'rejected' AND id > $1
                    AND run IN (SELECT id FROM run WHERE local_day = $2)
                ORDER BY id LIMIT $3
                """, [.integer(record), .text(day.rawValue), Value(limit)]
            ).rows.map(FailedRecord.init(row:))
        }
    }

    public func unsentFiles(of day: LocalDay) async throws(DeliveryError) -> [RunID: String] {
        let folder = folder
        return try await read { session in
            let rows = try session.run(
                "SELECT id, unsent_file FROM run WHERE local_day = $1 AND unsent_file IS NOT NULL",
                [.text(day.rawValue)]
            ).rows
            return Dictionary(
                rows.map {
                    (RunID(rawValue: $0.integer("id") ?? 0), RelativePath.used($0.text("unsent_file"), in: folder))
                }, uniquingKeysWith: { $1 })
        }
    }

    public func newestRunToRetry(for binding: RunBinding) async throws(DeliveryError) -> RunID? {
        try await read(isLong: true) { session in
            try session.run(
                """
                SELECT id FROM run
                WHERE (api IS NULL OR (api = $1 AND profile IS NOT DISTINCT FROM $2)) AND EXISTS (
                    SELECT 1 FROM failure WHERE failure.run = run.id AND recovered_in IS NULL
                        AND dismissed_at IS NULL AND kind <> 'rejected' AND retrying_in IS NULL)
                ORDER BY id DESC LIMIT 1
                """, [.text(orNull: binding.api), .text(orNull: binding.profile)]
            ).rows.first?.integer("id").map(RunID.init(rawValue:))
        }
    }

    public func dialect(of run: RunID) async throws(DeliveryError) -> CSVDialect? {
        try await read { session in
            guard let row = try session.run("SELECT dialect FROM run WHERE id = $1", [Value(run)]).rows.first,
                row.string("dialect") != nil
            else { return nil }
            return try row.json("dialect", as: CSVDialect.self)
        }
    }

    public func failureLines(of run: RunID) async throws(DeliveryError) -> Set<Int> {
        try await read { session in
            Set(
                try session.run("SELECT line FROM failure WHERE run = $1 AND was_rejected", [Value(run)]).rows
                    .map { $0.int("line") })
        }
    }
}

extension FailedRecord {
    init(row: Row) {
        self.init(
            id: row.integer("id") ?? 0, run: RunID(rawValue: row.integer("run") ?? 0), line: row.int("line"),
            kind: Kind(rawValue: row.text("kind")) ?? .retryable,
            reason: row.string("reason").flatMap(ReasonCode.init(rawValue:)), status: row.string("status"),
            message: row.text("message"), attempts: row.int("attempts"), tries: row.int("tries"),
            time: row.date("time") ?? Date(timeIntervalSince1970: 0), fields: RecordFields(row: row),
            raw: row.text("raw"),
            retryingIn: row.integer("retrying_in").map(RunID.init(rawValue:)))
    }
}
#endif
