#if PostgreSQL
public import DeliveryModel
public import DeliveryStore
public import Foundation

extension PostgresJournal {
    public func idempotencyKey(_ key: String, keptSince oldest: Date) async throws(DeliveryError) -> IdempotencyRow? {
        try await read { session in
            guard let row = try session.run(Self.keySQL, [.text(orNull: key), .time(oldest)]).rows.first
            else { return nil }
            let run = row.integer("run").map(RunID.init(rawValue:))
            var outcome: SubmissionOutcome?
            if let run, let position = row.integer("position").map(Int.init) {
                outcome = try Self.outcome(session, of: run, position, watermark: row.int("watermark_offset"))
            }
            return IdempotencyRow(
                digest: row.bytes("digest") ?? [], run: run, outcome: outcome,
                status: row.integer("status").map(Int.init), answer: row.bytes("answer") ?? [])
        }
    }

    /// A key is kept while its run is open.
    private static let keySQL = """
        SELECT idempotency.*, watermark_offset FROM idempotency LEFT JOIN run ON run.id = idempotency.run
        WHERE key = $1 AND (CASE WHEN run IS NULL THEN created >= $2 AND status IS NOT NULL
            ELSE is_open OR ended_at >= $2 END)
        """

    /// What became of a single record. It is told from its batch, so that no commit has to write it.
    private static func outcome(
        _ session: Session, of run: RunID, _ position: Int, watermark: Int
    ) throws -> SubmissionOutcome {
        guard try position < watermark || isSettled(session, run, position) else { return .pending }
        let failure = try session.run(
            "SELECT message FROM failure WHERE run = $1 AND line = $2 AND kind <> 'rejected'",
            [Value(run), Value(position + 1)]
        ).rows.first
        return failure.map { .failed($0.text("message")) } ?? .sent
    }

    private static func isSettled(_ session: Session, _ run: RunID, _ position: Int) throws -> Bool {
        let batch = try session.run(
            "SELECT sequence, state, start_offset FROM batch WHERE run = $1 AND start_offset <= $2 AND end_offset > $2",
            [Value(run), Value(position)]
        ).rows.first
        guard let batch else { return false }
        if batch.int("state") == BatchState.settled.rawValue { return true }
        // Of a batch that was split, those parts are there that have no end yet.
        let parts = try session.run(
            """
            SELECT count(*) AS parts, count(*) FILTER (WHERE first <= $3 AND first + count > $3) AS around
            FROM part WHERE run = $1 AND sequence = $2
            """, [Value(run), Value(batch.int("sequence")), Value(position - batch.int("start_offset"))]
        ).rows.first
        return (parts?.int("parts") ?? 0) > 0 && parts?.int("around") == 0
    }
}
#endif
