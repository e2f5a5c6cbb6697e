public import DeliveryModel
import GRDB

/// How a journal's file is, as `journal check` tells.
public struct JournalCondition: Sendable {
    /// What its pages take, and those of them that hold nothing any more.
    public var bytes: Int
    public var unusedBytes: Int
    public var runs: Int
    public var openRuns: Int
    /// What is damaged, in SQLite's words; the first few.
    public var damage: [String]
}

extension Journal {
    /// Reads every page and compares tables with their indexes. Nothing is changed.
    public func condition() async throws(DeliveryError) -> JournalCondition {
        try await read(with: .lists) { database in
            func number(_ pragma: String) throws -> Int {
                try Int.fetchOne(database, sql: "PRAGMA \(pragma)") ?? 0
            }
            let page = try number("page_size")
            let messages = try String.fetchAll(database, sql: "PRAGMA integrity_check(5)")
            return JournalCondition(
                bytes: try number("page_count") * page, unusedBytes: try number("freelist_count") * page,
                runs: try Int.fetchOne(database, sql: "SELECT count(*) FROM run") ?? 0,
                openRuns: try Int.fetchOne(database, sql: "SELECT count(*) FROM run WHERE is_open") ?? 0,
                damage: messages == ["ok"] ? [] : messages)
        }
    }
}
