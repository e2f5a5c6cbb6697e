import CustomerRecords
import DeliveryModel
import Foundation
import GRDB

/// A query for failed records in SQL. Whatever the user typed goes in as an argument.
struct FailureSQL: Sendable {
    let condition: String
    let arguments: StatementArguments
    let column: String
    let order: String

    init(_ query: FailureQuery) {
        var conditions = ["recovered_in IS NULL"]
        var arguments: StatementArguments = []
        if let run = query.run {
            conditions.append("run = ?")
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
        if !query.text.isEmpty {
            let columns = ["name", "age", "cookie", "banner_id", "message", "raw"]
            // LIKE knows the case of ASCII letters only; what it doesn't is asked for in the usual forms.
            let forms = Set([query.text, query.text.lowercased(), query.text.uppercased(), query.text.capitalized])
            let patterns = query.text.utf8.allSatisfy { $0 < 0x80 } ? [query.text] : forms.sorted()
            for pattern in patterns {
                arguments += StatementArguments(columns.map { _ in "%\(Self.escaped(pattern))%" })
            }
            let likes = patterns.flatMap { _ in columns.map { "\($0) LIKE ? ESCAPE '\\'" } }
            conditions.append("(" + likes.joined(separator: " OR ") + ")")
        }
        condition = conditions.joined(separator: " AND ")
        self.arguments = arguments
        column = Self.column(query.sort)
        order = "\(column) \(query.ascending ? "ASC" : "DESC"), id ASC"
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

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\%_".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
