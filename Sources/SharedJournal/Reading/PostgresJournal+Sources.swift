#if PostgreSQL
import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

extension PostgresJournal {
    public func spooledFiles() async throws(DeliveryError) -> Set<String> {
        try await read { session in
            Set(
                try session.run(
                    "SELECT path FROM run WHERE owns_path AND (is_open OR state LIKE '{\"refused\"%')"
                ).rows.map { $0.text("path") })
        }
    }

    public func deliveries(
        of content: ContentIdentity, for binding: RunBinding
    ) async throws(DeliveryError) -> [ContentDelivery] {
        try await read { session in
            try session.run(
                "SELECT run, options, sent_at < 0 AS lacks FROM content WHERE hash = $1 AND api = $2 ORDER BY run DESC",
                [.bytes(content.hash), .text(orNull: binding.api)]
            ).rows.map {
                ContentDelivery(
                    run: RunID(rawValue: $0.integer("run") ?? 0), options: try $0.json("options"),
                    lacksRecords: $0.bool("lacks"))
            }
        }
    }

    public func storedRecords(
        of run: RunID, from position: Int, limit: Int
    ) async throws(DeliveryError) -> [StoredRecord] {
        try await read { session in
            try session.run(
                "SELECT * FROM stored_record WHERE run = $1 AND position >= $2 ORDER BY position LIMIT $3",
                [Value(run), Value(position), Value(limit)]
            ).rows.map {
                StoredRecord(line: $0.int("line"), fields: RecordFields(row: $0), root: $0.integer("root"))
            }
        }
    }

    public func storedRecordCount(of run: RunID) async throws(DeliveryError) -> Int {
        try await read { try Self.storedRecordCount($0, of: run) }
    }

    static func storedRecordCount(_ session: Session, of run: RunID) throws -> Int {
        try session.run("SELECT count(*) AS count FROM stored_record WHERE run = $1", [Value(run)])
            .rows.first?.int("count") ?? 0
    }
}

extension LocatedSource {
    init(row: Row) throws {
        self.init(
            location: row.string("path").map { row.bool("owns_path") ? .spool(name: $0) : .file(path: $0) } ?? .stored,
            fingerprint: row.string("fingerprint") == nil ? nil : try row.json("fingerprint"))
    }
}

extension RecordFields {
    init(row: Row) {
        self.init(
            name: row.text("name"), age: row.text("age"), cookie: row.text("cookie"), bannerID: row.text("banner_id"))
    }
}
#endif
