#if PostgreSQL
import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation

/// A query for failed records in SQL. Whatever the user typed goes in as a parameter.
struct FailureSQL {
    let condition: String
    /// The condition's parameters, to which a statement adds its own.
    private(set) var parameters: Parameters
    let column: String
    let order: String
    private let ascending: Bool

    /// Records that nobody has delivered or dismissed.
    static let open = "recovered_in IS NULL AND dismissed_at IS NULL"

    init(_ query: FailureQuery, _ session: Session, _ parameters: Parameters = Parameters()) throws {
        var parameters = parameters
        var conditions = [Self.open]
        if let run = query.run { conditions.append(try Self.owner(run, session, &parameters)) }
        if !query.kinds.isEmpty {
            let kinds = query.kinds.map(\.rawValue).sorted().map { parameters.add(.text($0)) }
            conditions.append("kind IN (\(kinds.joined(separator: ", ")))")
        }
        if let reason = query.reason { conditions.append("reason = \(parameters.add(.text(reason.rawValue)))") }
        if let status = query.status { conditions.append("status = \(parameters.add(.text(orNull: status)))") }
        if !query.text.isEmpty {
            let likes = TextSearch(query.text).patterns.flatMap { pattern in
                let place = parameters.add(.text(orNull: pattern))
                return TextSearch.columns.map { "\($0) ILIKE \(place)" }
            }
            conditions.append("(" + likes.joined(separator: " OR ") + ")")
        }
        condition = conditions.joined(separator: " AND ")
        self.parameters = parameters
        column = Self.column(query.sort)
        ascending = query.ascending
        order = "\(column) \(query.ascending ? "ASC" : "DESC"), id ASC"
    }

    mutating func add(_ value: Value) -> String { parameters.add(value) }

    /// A record stands in the run that read it; a retry has those that failed in it again.
    static func owner(_ run: RunID, _ session: Session, _ parameters: inout Parameters) throws -> String {
        let isRetry = try session.run(
            "SELECT EXISTS (SELECT 1 FROM failure_try WHERE run = $1) AS found", [Value(run)]
        ).rows.first?.bool("found")
        let place = parameters.add(Value(run))
        return isRetry == true ? "id IN (SELECT failure FROM failure_try WHERE run = \(place))" : "run = \(place)"
    }

    /// What a record is sorted by; `nil` when it is gone.
    func key(of record: Int64, _ session: Session) throws -> Value? {
        try session.run("SELECT \(column) AS key FROM failure WHERE id = $1", [.integer(record)]).rows.first
            .map { .text($0.text("key")) }
    }

    /// What stands behind a record in this order, whether or not that one is still selected.
    mutating func following(_ record: Int64, _ session: Session) throws -> String {
        guard let key = try key(of: record, session) else {
            throw DeliveryError(.notFound, "Record \(record) is no longer among the failures. Begin again.")
        }
        let place = add(key)
        let id = add(.integer(record))
        // The first comparison lets an index find the place.
        return """
            \(condition) AND \(column) \(ascending ? ">=" : "<=") \(place)
                AND (\(column) \(ascending ? ">" : "<") \(place) OR id > \(id))
            """
    }

    private static func column(_ column: FailureQuery.Column) -> String {
        switch column {
        case .line: "line"
        case .name: "lower(name)"
        case .age: "leading_integer(age)"
        case .cookie: "cookie"
        case .bannerID: "leading_integer(banner_id)"
        case .kind: "kind"
        // Rows without one must have a place, too, or a record could not be found again.
        case .status: "coalesce(status, '')"
        case .attempts: "attempts"
        case .reason: "coalesce(reason, '')"
        case .time: "time"
        }
    }
}
#endif
