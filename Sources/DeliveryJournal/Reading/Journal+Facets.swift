public import DeliveryModel
import DeliveryStore
import GRDB

extension Journal {
    /// How many records a query selects, by class, rule, status and run.
    public func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets {
        try await read(with: .lists) { database in
            try FailureFacets(of: query) { part, query in
                let selection = try FailureSQL(query, database)
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT CAST(\(part.rawValue) AS TEXT) AS value, count(*) AS count FROM failure
                        WHERE \(selection.condition) AND \(part.rawValue) IS NOT NULL GROUP BY \(part.rawValue)
                        """, arguments: selection.arguments)
                return rows.map { ($0["value"] as String, $0["count"] as Int) }
            }
        }
    }
}
