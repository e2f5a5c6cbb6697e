public import DeliveryModel
import GRDB

public import struct Foundation.Date

extension Journal {
    public func dismiss(_ records: [Int64], at time: Date) async throws(DeliveryError) -> [Int64] {
        try await setDismissed(
            records, to: time.timeIntervalSince1970, where: "\(FailureSQL.open) AND retrying_in IS NULL", step: 1)
    }

    public func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        try await setDismissed(
            records, to: nil, where: "recovered_in IS NULL AND dismissed_at IS NOT NULL", step: -1)
    }

    /// A thousand in a commit, so that no other waits for long. A run's count of dismissed records is of those that failed in
    /// it: one that it rejected may have failed in a retry.
    private func setDismissed(
        _ records: [Int64], to time: Double?, where condition: String, step: Int
    ) async throws(DeliveryError) -> [Int64] {
        var changed: [Int64] = []
        for start in stride(from: 0, to: records.count, by: 1000) {
            let part = Array(records[start..<min(records.count, start + 1000)])
            changed += try await write { database in
                var done: [Int64] = []
                for record in part {
                    guard
                        let row = try Row.fetchOne(
                            database.cachedStatement(
                                sql: "SELECT run, was_rejected FROM failure WHERE id = ? AND \(condition)"),
                            arguments: [record])
                    else { continue }
                    try database.cachedStatement(sql: "UPDATE failure SET dismissed_at = ? WHERE id = ?")
                        .execute(arguments: [time, record])
                    try database.cachedStatement(
                        sql: """
                            UPDATE run SET dismissed = max(0, dismissed + ?1)
                            WHERE (id = ?2 AND NOT ?4) OR id IN (SELECT run FROM failure_try WHERE failure = ?3)
                            """
                    )
                    .execute(arguments: [step, row["run"] as Int64, record, row["was_rejected"] as Bool])
                    done.append(record)
                }
                return done
            }
        }
        return changed
    }
}
