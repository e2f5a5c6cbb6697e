import CustomerRecords
public import DeliveryModel
import GRDB

extension Journal {
    /// How many records a query selects, by class, rule, status and run.
    public func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets {
        var (any, anyReason, anyStatus, anyRun) = (query, query, query, query)
        any.kinds = []
        anyReason.reason = nil
        anyStatus.status = nil
        anyRun.run = nil
        let parts = [("kind", any), ("reason", anyReason), ("status", anyStatus), ("run", anyRun)]
        let counts = try await read(with: .lists) { database in
            try parts.map { column, query in
                let selection = try FailureSQL(query, database)
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT CAST(\(column) AS TEXT) AS value, count(*) AS count FROM failure
                        WHERE \(selection.condition) AND \(column) IS NOT NULL GROUP BY \(column)
                        """, arguments: selection.arguments)
                return rows.map { ($0["value"] as String, $0["count"] as Int) }
            }
        }
        func values<Value: Hashable>(_ part: Int, _ make: (String) -> Value?) -> [Value: Int] {
            Dictionary(counts[part].compactMap { text, count in make(text).map { ($0, count) } }) { $0 + $1 }
        }
        return FailureFacets(
            kinds: values(0) { FailedRecord.Class(rawValue: $0) }, reasons: values(1) { ReasonCode(rawValue: $0) },
            statuses: values(2) { $0 }, runs: values(3) { Int64($0).map(RunID.init(rawValue:)) })
    }
}
