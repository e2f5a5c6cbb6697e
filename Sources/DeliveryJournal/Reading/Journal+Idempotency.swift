public import DeliveryModel
public import DeliveryStore
public import Foundation
import GRDB

extension Journal {
    public func idempotencyKey(
        _ key: String, keptSince oldest: Date
    ) async throws(DeliveryError) -> IdempotencyRow? {
        try await read(with: .keys) { database in
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(sql: Self.keySQL), arguments: [key, oldest.timeIntervalSince1970])
            else { return nil }
            let run = (row["run"] as Int64?).map(RunID.init(rawValue:))
            var outcome: SubmissionOutcome?
            if let run, let position = row["position"] as Int? {
                outcome = try Self.outcome(database, of: run, position, watermark: row["watermark_offset"])
            }
            return IdempotencyRow(
                digest: [UInt8](row["digest"] as Data), run: run, outcome: outcome, status: row["status"],
                answer: [UInt8](row["answer"] as Data? ?? Data()))
        }
    }

    /// A key is kept while its run is open. One without a run and an answer is of an older version, whose process died
    /// before it accepted anything.
    private static let keySQL = """
        SELECT idempotency.*, watermark_offset FROM idempotency LEFT JOIN run ON run.id = idempotency.run
        WHERE key = ?1 AND (CASE WHEN run IS NULL THEN created >= ?2 AND status IS NOT NULL
            ELSE is_open OR ended_at >= ?2 END)
        """

    /// What became of a single record. It is told from its batch, so that no commit has to write it.
    private static func outcome(
        _ database: Database, of run: RunID, _ position: Int, watermark: Int
    ) throws -> SubmissionOutcome {
        guard try isSettled(database, run, position, watermark: watermark) else { return .pending }
        let failure = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT status, message FROM failure WHERE run = ? AND line = ? AND kind <> 'rejected'"),
            arguments: [run.rawValue, position + 1])
        guard let failure else { return .sent }
        return .failed(failure["message"])
    }

    private static func isSettled(
        _ database: Database, _ run: RunID, _ position: Int, watermark: Int
    ) throws -> Bool {
        if position < watermark { return true }
        let batch = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT sequence, state, start_offset FROM batch
                    WHERE run = ?1 AND start_offset <= ?2 AND end_offset > ?2
                    """), arguments: [run.rawValue, position])
        guard let batch else { return false }
        if batch["state"] as Int == BatchState.settled.rawValue { return true }
        // Of a batch that was split, those parts are there that have no end yet.
        let sequence: Int = batch["sequence"]
        let index = position - (batch["start_offset"] as Int)
        let (parts, around) =
            try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT count(*) AS parts, total(first <= ?3 AND first + count > ?3) AS around
                        FROM part WHERE run = ?1 AND sequence = ?2
                        """), arguments: [run.rawValue, sequence, index]
            ).map { ($0["parts"] as Int, $0["around"] as Int) } ?? (0, 0)
        return parts > 0 && around == 0
    }
}
