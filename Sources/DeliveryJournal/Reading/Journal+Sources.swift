public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import GRDB

extension Journal {
    public func source(of run: RunID) async throws(DeliveryError) -> LocatedSource? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT path, owns_path, fingerprint FROM run WHERE id = ?", arguments: [run.rawValue]
            ).map(LocatedSource.init(row:))
        }
    }

    public func fingerprint(of run: RunID) async throws(DeliveryError) -> SourceFingerprint? {
        try await source(of: run)?.fingerprint
    }

    public func options(of run: RunID) async throws(DeliveryError) -> ReaderOptions? {
        try await read { database in
            try String.fetchOne(database, sql: "SELECT options FROM run WHERE id = ?", arguments: [run.rawValue])
                .map { try JSONText.decode(from: $0) }
        }
    }

    public func spooledFiles() async throws(DeliveryError) -> Set<String> {
        try await read { database in
            try Set(
                String.fetchAll(
                    database,
                    sql: """
                        SELECT path FROM run
                        WHERE owns_path AND (is_open OR json_extract(state, '$.refused') IS NOT NULL)
                        """))
        }
    }
}

extension LocatedSource {
    init(row: Row) throws {
        let path: String? = row["path"]
        self.init(
            location: path.map { row["owns_path"] ? .spool(name: $0) : .file(path: $0) } ?? .stored,
            fingerprint: try (row["fingerprint"] as String?).map { try JSONText.decode(from: $0) })
    }
}
