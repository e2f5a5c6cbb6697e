import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import GRDB

import struct Foundation.Date

extension Journal {
    public func failures(
        _ query: FailureQuery, offset: Int, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await read { database in
            let selection = try FailureSQL(query, database)
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM failure WHERE \(selection.condition) ORDER BY \(selection.order) LIMIT ? OFFSET ?",
                arguments: selection.arguments + [limit, offset]
            ).map(FailedRecord.init(row:))
        }
    }

    public func failures(
        _ query: FailureQuery, after record: Int64?, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await read { database in
            let selection = try FailureSQL(query, database)
            let (condition, arguments) =
                try record.map { try selection.following($0, database) } ?? (selection.condition, selection.arguments)
            return try Row.fetchAll(
                database, sql: "SELECT * FROM failure WHERE \(condition) ORDER BY \(selection.order) LIMIT ?",
                arguments: arguments + [limit]
            ).map(FailedRecord.init(row:))
        }
    }

    public func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int {
        // The run alone is in the index; anything else looks at every row.
        let isQuick = query.kinds.isEmpty && query.reason == nil && query.status == nil && query.text.isEmpty
        return try await read(with: isQuick ? .rows : .lists) { database in
            let selection = try FailureSQL(query, database)
            return try Int.fetchOne(
                database, sql: "SELECT count(*) FROM failure WHERE \(selection.condition)",
                arguments: selection.arguments) ?? 0
        }
    }

    public func failure(_ id: Int64) async throws(DeliveryError) -> FailedRecord? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM failure WHERE id = ?", arguments: [id])
                .map(FailedRecord.init(row:))
        }
    }

    public func unsentRecords(
        of day: LocalDay, after record: Int64, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM failure
                    WHERE \(FailureSQL.open) AND kind <> 'rejected' AND id > ?
                        AND run IN (SELECT id FROM run WHERE local_day = ?)
                    ORDER BY id LIMIT ?
                    """, arguments: [record, day.rawValue, limit]
            ).map(FailedRecord.init(row:))
        }
    }

    public func unsentFiles(of day: LocalDay) async throws(DeliveryError) -> [RunID: String] {
        let folder = folder
        return try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, unsent_file FROM run WHERE local_day = ? AND unsent_file IS NOT NULL",
                arguments: [day.rawValue])
            return Dictionary(
                rows.map { (RunID(rawValue: $0["id"]), RelativePath.used($0["unsent_file"], in: folder)) },
                uniquingKeysWith: { $1 })
        }
    }

    public func newestRunToRetry(for binding: RunBinding) async throws(DeliveryError) -> RunID? {
        try await read(with: .lists) { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT id FROM run WHERE (api IS NULL OR (api = ? AND profile IS ?)) AND EXISTS (
                        SELECT 1 FROM failure WHERE failure.run = run.id AND recovered_in IS NULL
                            AND dismissed_at IS NULL AND kind <> 'rejected' AND retrying_in IS NULL)
                    ORDER BY id DESC LIMIT 1
                    """, arguments: [binding.api, binding.profile]
            ).map(RunID.init(rawValue:))
        }
    }
}

extension FailedRecord {
    init(row: Row) {
        self.init(
            id: row["id"], run: RunID(rawValue: row["run"]), line: row["line"],
            kind: Kind(rawValue: row["kind"]) ?? .retryable,
            reason: (row["reason"] as String?).flatMap(ReasonCode.init(rawValue:)), status: row["status"],
            message: row["message"], attempts: row["attempts"], tries: row["tries"],
            time: Date(timeIntervalSince1970: row["time"]),
            fields: RecordFields(row: row), raw: row["raw"],
            retryingIn: (row["retrying_in"] as Int64?).map(RunID.init(rawValue:)))
    }
}
