import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import GRDB

extension JournalOperation {
    /// Writes the operation within the caller's transaction. What is written already stays as it is.
    /// - Parameters:
    ///   - folder: the state directory.
    ///   - tally: what is written once a commit, by the caller.
    func apply(to database: Database, in folder: String, tallying tally: inout CommitTally) throws {
        switch self {
        case .plan(let run, let batch, let rejects, let rejectsBytes, let notices, let read):
            try Self.plan(database, run, batch, rejects, rejectsBytes)
            if let read { tally.noteRead(read, of: run) }
            if let notices { try Self.setNotices(database, run, notices) }
        case .sendPart(let run, let sequence, let records):
            try Self.setState(database, run, sequence, records, isWhole: false, .sending)
        case .acknowledge(let run, let sequence, let records, let isWhole, let date):
            let isNew = try Self.settle(database, run, sequence, records, isWhole, sent: records.count, failed: 0)
            if isNew, let date { tally.add(records.count, of: run, at: date) }
        case .deliver(let list, let keys):
            try database.cachedStatement(sql: "INSERT INTO list_entry (list, keys) SELECT id, ? FROM list WHERE id = ?")
                .execute(arguments: [keys.bytes, list])
        case .markRecovered(let run, let sequence, let records):
            try Recovery.recover(database, deliveredBy: run, sequence: sequence, records: records)
        case .fail(let run, let sequence, let records, let isWhole, let failures):
            guard try Self.settle(database, run, sequence, records, isWhole, sent: 0, failed: records.count) else {
                return
            }
            let roots = try Recovery.roots(database, of: run, sequence: sequence, records: records)
            for (index, failure) in failures.enumerated() {
                if index < roots.count, let root = roots[index] {
                    try Recovery.failAgain(database, root, in: run, failure)
                } else {
                    try failure.insert(into: database, run: run)
                }
            }
        case .split(let run, let sequence, let records, let isWhole, let middle):
            try Self.split(database, run, sequence, records, isWhole, at: middle)
        case .mayHaveBeenApplied(let run, let sequence, let records, let isWhole):
            try Self.mayHaveBeenApplied(database, run, sequence, records, isWhole)
        case .withdraw(let run, let sequence, let records, let isWhole):
            try Self.setState(database, run, sequence, records, isWhole: isWhole, .planned)
        case .compact(let run, let sequence):
            try Self.compact(database, run, before: sequence)
        case .progress(let run, let progress): tally.note(progress, of: run)
        case .state(let run, let state, let endedAt):
            try Self.setState(database, run, state, endedAt)
        case .standingOrder(let run, let order):
            try database.execute(
                sql: """
                    UPDATE run SET hold = ?1, is_open = is_open AND ?1 IS NOT 'discarded'
                    WHERE id = ?2 AND hold IS NOT 'discarded'
                    """,
                arguments: [order?.rawValue, run.rawValue])
        case .wait(let run, let until):
            try database.execute(
                sql: "UPDATE run SET waiting_until = ? WHERE id = ?",
                arguments: [until?.timeIntervalSince1970, run.rawValue])
        case .identify(let run, let identity):
            try Self.identify(database, run, identity)
        case .unsentFile(let run, let path):
            try database.execute(
                sql: "UPDATE run SET unsent_file = ? WHERE id = ?",
                arguments: [path.map { RelativePath.stored($0, in: folder) }, run.rawValue])
        case .store(let run, let position, let record, let claim):
            try record.insert(into: database, run: run, position: position)
            if let claim { try Journal.claim(database, claim, run: run, position: position) }
        case .answer(let claim, let status, let answer, let run):
            try Journal.keep(database, claim, status: status, answer: answer, run: run)
        case .audit(let entry): try entry.insert(into: database)
        }
    }

    private static func setNotices(_ database: Database, _ run: RunID, _ notices: [Notice]) throws {
        try database.execute(
            sql: "UPDATE run SET notices = ? WHERE id = ?", arguments: [try JSONText.encode(notices), run.rawValue])
    }

    /// The simulated API does not count: what it got was not sent.
    private static func identify(_ database: Database, _ run: RunID, _ content: ContentIdentity) throws {
        try database.execute(
            sql: "UPDATE run SET content_hash = ?1, content_length = ?2 WHERE id = ?3",
            arguments: [Data(content.hash), content.length, run.rawValue])
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO content (hash, api, options, run, length, sent_at)
                SELECT ?1, api, options, id, ?2, started_at FROM run
                WHERE id = ?3 AND api IS NOT NULL AND api <> 'sandbox'
                """, arguments: [Data(content.hash), content.length, run.rawValue])
    }

    private static let planSQL = """
        INSERT INTO batch (run, sequence, state, start_offset, start_line, end_offset, end_line, checksum, records,
            \(Journal.reasons.joined(separator: ", ")))
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \(databaseQuestionMarks(count: Journal.reasons.count))
        WHERE ?2 >= ifnull((SELECT next_sequence FROM run WHERE id = ?1), 0)
        ON CONFLICT (run, sequence) DO NOTHING
        """

    private static func plan(
        _ database: Database, _ run: RunID, _ batch: BatchRow, _ rejects: [NewFailure], _ rejectsBytes: Int
    ) throws {
        let tally = batch.tally
        let values: [(any DatabaseValueConvertible)?] = [
            run.rawValue, batch.sequence, batch.state.rawValue, batch.start.offset, batch.start.line, batch.end.offset,
            batch.end.line, Int64(bitPattern: batch.checksum), batch.records,
        ]
        try database.cachedStatement(sql: planSQL)
            .execute(arguments: StatementArguments(values + ReasonCode.allCases.map { tally[$0] }))
        guard database.changesCount > 0 else {
            // It was planned before an interruption, and is about to be sent again.
            try database.cachedStatement(
                sql: "UPDATE batch SET state = ? WHERE run = ? AND sequence = ? AND state <> 2"
            ).execute(arguments: [batch.state.rawValue, run.rawValue, batch.sequence])
            return
        }
        for reject in rejects { try reject.insert(into: database, run: run) }
        if tally.rejected > 0 {
            try database.cachedStatement(sql: "UPDATE run SET rejects_bytes = max(rejects_bytes, ?) WHERE id = ?")
                .execute(arguments: [rejectsBytes, run.rawValue])
        }
    }

    private static func split(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool, at middle: Int
    ) throws {
        let doubt = try isInDoubt(database, run, sequence, records, isWhole)
        if isWhole {
            // Split before, when it has parts or had some.
            let isUnsplit = try Bool.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT sent + failed = 0 AND NOT EXISTS (SELECT 1 FROM part WHERE run = ?1 AND sequence = ?2)
                        FROM batch WHERE run = ?1 AND sequence = ?2
                        """), arguments: [run.rawValue, sequence])
            guard isUnsplit == true else { return }
        } else if try !deletePart(database, run, sequence, records) {
            return
        }
        for part in [records.lowerBound..<middle, middle..<records.upperBound] {
            try database.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO part (run, sequence, first, count, state, in_doubt)
                    SELECT ?1, ?2, ?3, ?4, ?5, ?6
                    WHERE EXISTS (SELECT 1 FROM batch WHERE run = ?1 AND sequence = ?2 AND state <> 2)
                    """
            ).execute(arguments: [
                run.rawValue, sequence, part.lowerBound, part.count, BatchState.sending.rawValue, doubt ?? false,
            ])
        }
    }

    /// Whether these records are counted as in doubt; `nil` when they have their end already.
    private static func isInDoubt(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool
    ) throws -> Bool? {
        isWhole
            ? try Bool.fetchOne(
                database.cachedStatement(sql: "SELECT in_doubt FROM batch WHERE run = ? AND sequence = ?"),
                arguments: [run.rawValue, sequence])
            : try Bool.fetchOne(
                database.cachedStatement(
                    sql: "SELECT in_doubt FROM part WHERE run = ? AND sequence = ? AND first = ?"),
                arguments: [run.rawValue, sequence, records.lowerBound])
    }

    private static func mayHaveBeenApplied(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool
    ) throws {
        let isNew = try isInDoubt(database, run, sequence, records, isWhole) == false
        try database.cachedStatement(
            sql: """
                UPDATE run SET possible_duplicates = possible_duplicates + ?1,
                    records_in_doubt = records_in_doubt + ?2 WHERE id = ?3
                """
        ).execute(arguments: [records.count, isNew ? records.count : 0, run.rawValue])
        guard isNew else { return }
        if isWhole {
            try database.cachedStatement(sql: "UPDATE batch SET in_doubt = 1 WHERE run = ? AND sequence = ?")
                .execute(arguments: [run.rawValue, sequence])
        } else {
            try database.cachedStatement(
                sql: "UPDATE part SET in_doubt = 1 WHERE run = ? AND sequence = ? AND first = ?"
            ).execute(arguments: [run.rawValue, sequence, records.lowerBound])
        }
    }

    /// - Returns: whether it was not settled before.
    @discardableResult
    private static func settle(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool, sent: Int,
        failed: Int
    ) throws -> Bool {
        if !isWhole, try !deletePart(database, run, sequence, records) { return false }
        try database.cachedStatement(
            sql: """
                UPDATE batch SET sent = sent + ?1, failed = failed + ?2,
                    state = CASE WHEN sent + failed + ?1 + ?2 >= records THEN 2 ELSE state END
                WHERE run = ?3 AND sequence = ?4 AND state <> 2
                """
        ).execute(arguments: [sent, failed, run.rawValue, sequence])
        if database.changesCount > 0 { return true }
        // Settled before, unless there never was such a run.
        guard try Row.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run.rawValue]) != nil else {
            throw DatabaseError(resultCode: .SQLITE_CONSTRAINT_FOREIGNKEY, message: "there is no run \(run)")
        }
        return false
    }

    /// - Returns: whether there was such a part.
    @discardableResult
    private static func deletePart(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>
    ) throws -> Bool {
        try database.cachedStatement(sql: "DELETE FROM part WHERE run = ? AND sequence = ? AND first = ?")
            .execute(arguments: [run.rawValue, sequence, records.lowerBound])
        return database.changesCount > 0
    }

    private static func setState(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>, isWhole: Bool, _ state: BatchState
    ) throws {
        if isWhole {
            try database.cachedStatement(
                sql: "UPDATE batch SET state = ? WHERE run = ? AND sequence = ? AND state <> 2"
            )
            .execute(arguments: [state.rawValue, run.rawValue, sequence])
        } else {
            try database.cachedStatement(sql: "UPDATE part SET state = ? WHERE run = ? AND sequence = ? AND first = ?")
                .execute(arguments: [state.rawValue, run.rawValue, sequence, records.lowerBound])
        }
    }

    private static let compactSQL = """
        UPDATE run SET
            watermark_offset = last.end_offset, watermark_line = last.end_line, next_sequence = ?2,
            sent = run.sent + sums.sent, failed = run.failed + sums.failed,
            \(Journal.reasons.map { "\($0) = run.\($0) + sums.\($0)" }.joined(separator: ", "))
        FROM
            (SELECT end_offset, end_line FROM batch WHERE run = ?1 AND sequence < ?2
                ORDER BY sequence DESC LIMIT 1) AS last,
            (SELECT total(sent) AS sent, total(failed) AS failed,
                \(Journal.reasons.map { "total(\($0)) AS \($0)" }.joined(separator: ", "))
                FROM batch WHERE run = ?1 AND sequence < ?2) AS sums
        WHERE id = ?1
        """

    private static func compact(_ database: Database, _ run: RunID, before sequence: Int) throws {
        try database.cachedStatement(sql: compactSQL).execute(arguments: [run.rawValue, sequence])
        try database.cachedStatement(sql: "DELETE FROM batch WHERE run = ? AND sequence < ?")
            .execute(arguments: [run.rawValue, sequence])
    }

    private static func setState(_ database: Database, _ run: RunID, _ state: RunState, _ endedAt: Date?) throws {
        try database.execute(
            sql: """
                UPDATE run SET state = ?, is_open = ? AND hold IS NOT 'discarded', ended_at = ? WHERE id = ?
                """,
            arguments: [
                try JSONText.encode(state), !state.isFinal, endedAt?.timeIntervalSince1970,
                run.rawValue,
            ])
        let isOpen = try Bool.fetchOne(
            database, sql: "SELECT is_open FROM run WHERE id = ?", arguments: [run.rawValue])
        if isOpen == false {
            try database.execute(
                sql: "UPDATE failure SET retrying_in = NULL WHERE retrying_in = ?", arguments: [run.rawValue])
            _ = try StoredRecord.clearSome(database, of: run)
        }
    }
}
