#if PostgreSQL
import CustomerRecords
public import DeliveryModel

public import struct Foundation.Date

extension PostgresJournal {
    public func dismiss(_ records: [Int64], at time: Date) async throws(DeliveryError) -> [Int64] {
        try await setDismissed(records, to: .time(time), where: "\(FailureSQL.open) AND retrying_in IS NULL", step: 1)
    }

    public func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        try await setDismissed(
            records, to: .null, where: "recovered_in IS NULL AND dismissed_at IS NOT NULL", step: -1)
    }

    /// A thousand in a commit, so that no other waits for long. A run's count of dismissed records is of those that failed in
    /// it: one that it rejected may have failed in a retry.
    private func setDismissed(
        _ records: [Int64], to time: Value, where condition: String, step: Int
    ) async throws(DeliveryError) -> [Int64] {
        var changed: [Int64] = []
        for start in stride(from: 0, to: records.count, by: 1000) {
            let part = Array(records[start..<min(records.count, start + 1000)])
            changed += try await write { session, _ in
                var done: [Int64] = []
                for record in part {
                    let row = try session.run(
                        """
                        UPDATE failure SET dismissed_at = $1 WHERE id = $2 AND \(condition) RETURNING run, was_rejected
                        """, [time, .integer(record)]
                    ).rows.first
                    guard let row else { continue }
                    let run: Value = row.bool("was_rejected") ? .null : .integer(row.integer("run") ?? 0)
                    try session.run(
                        """
                        UPDATE run SET dismissed = greatest(0, dismissed + $1)
                        WHERE id = $2 OR id IN (SELECT run FROM failure_try WHERE failure = $3)
                        """, [Value(step), run, .integer(record)])
                    done.append(record)
                }
                return done
            }
        }
        return changed
    }
}
#endif
