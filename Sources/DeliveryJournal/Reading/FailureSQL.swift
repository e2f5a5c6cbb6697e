import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import GRDB

/// A query for failed records in SQL. Whatever the user typed goes in as an argument.
struct FailureSQL: Sendable {
    let condition: String
    let arguments: StatementArguments
    let column: String
    let order: String
    private let ascending: Bool

    /// Records that nobody has delivered or dismissed.
    static let open = "recovered_in IS NULL AND dismissed_at IS NULL"

    init(_ query: FailureQuery, _ database: Database) throws {
        var conditions = [Self.open]
        var arguments: StatementArguments = []
        if let run = query.run {
            conditions.append(try Self.owner(run, database))
            arguments += [run.rawValue]
        }
        if !query.kinds.isEmpty {
            conditions.append("kind IN (\(databaseQuestionMarks(count: query.kinds.count)))")
            arguments += StatementArguments(query.kinds.map(\.rawValue).sorted())
        }
        if let reason = query.reason {
            conditions.append("reason = ?")
            arguments += [reason.rawValue]
        }
        if let status = query.status {
            conditions.append("status = ?")
            arguments += [status]
        }
        if !query.text.isEmpty {
            let patterns = TextSearch(query.text).patterns
            for pattern in patterns { arguments += StatementArguments(TextSearch.columns.map { _ in pattern }) }
            let likes = patterns.flatMap { _ in TextSearch.columns.map { "\($0) LIKE ? ESCAPE '\\'" } }
            conditions.append("(" + likes.joined(separator: " OR ") + ")")
        }
        condition = conditions.joined(separator: " AND ")
        self.arguments = arguments
        column = Self.column(query.sort)
        ascending = query.ascending
        order = "\(column) \(query.ascending ? "ASC" : "DESC"), id ASC"
    }

    /// A record stands in the run that read it; a retry has those that failed in it again. Takes the run as argument.
    static func owner(_ run: RunID, _ database: Database) throws -> String {
        let isRetry =
            try Bool.fetchOne(
                database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM failure_try WHERE run = ?)"),
                arguments: [run.rawValue]) ?? false
        return isRetry ? "id IN (SELECT failure FROM failure_try WHERE run = ?)" : "run = ?"
    }

    /// What stands behind a record in this order, whether or not that one is still selected.
    func following(_ record: Int64, _ database: Database) throws -> (condition: String, arguments: StatementArguments) {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT \(column) AS key FROM failure WHERE id = ?", arguments: [record])
        else {
            throw DeliveryError(.notFound, "Record \(record) is no longer among the failures. Begin again.")
        }
        let key: DatabaseValue = row["key"]
        // The first comparison lets an index find the place.
        let bound = ascending ? ">=" : "<="
        let beyond = ascending ? ">" : "<"
        return (
            "\(condition) AND \(column) \(bound) ? AND (\(column) \(beyond) ? OR id > ?)",
            arguments + [key, key, record]
        )
    }

    private static func column(_ column: FailureQuery.Column) -> String {
        switch column {
        case .line: "line"
        case .name: "name COLLATE NOCASE"
        case .age: "CAST(age AS INTEGER)"
        case .cookie: "cookie"
        case .bannerID: "CAST(banner_id AS INTEGER)"
        case .kind: "kind"
        // Rows without one must have a place, too, or a record could not be found again.
        case .status: "ifnull(status, '')"
        case .attempts: "attempts"
        case .reason: "ifnull(reason, '')"
        case .time: "time"
        }
    }
}
