#if PostgreSQL
import CustomerRecords

/// Columns that stand in several statements.
enum RunColumns {
    /// Those that count records by reason are named as the reasons.
    static let reasons = ReasonCode.allCases.map(\.rawValue)
    /// What running totals sum over the runs that have their end.
    static let summed =
        ["malformed", "name", "age", "cookie", "banner_id", "age_filter", "repeated", "delivered_before"]
        + ["sent", "failed", "possible_duplicates", "records_in_doubt", "requests", "retries", "seconds"]

    static func list(_ columns: [String], _ make: (String) -> String) -> String {
        columns.map(make).joined(separator: ", ")
    }
}
#endif
