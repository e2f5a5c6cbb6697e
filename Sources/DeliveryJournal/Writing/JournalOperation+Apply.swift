import CustomerRecords
import DeliveryModel
import Foundation
import GRDB

extension JournalOperation {
    /// Writes the fact within the caller's transaction.
    func apply(to database: Database) throws {
        switch self {
        case .plan(let run, let batch, let rejects, let rejectsBytes):
            try Self.plan(database, run, batch, rejects, rejectsBytes)
        case .sendPart(let run, let sequence, let records):
            try Self.setState(database, run, sequence, records, isWhole: false, .sending)
        case .acknowledge(let run, let sequence, let records, let isWhole):
            try Self.settle(database, run, sequence, records, isWhole, sent: records.count, failed: 0)
        case .recover(let run, let sequence, let records):
            try Recovery.recover(database, deliveredBy: run, sequence: sequence, records: records)
        case .fail(let run, let sequence, let records, let isWhole, let failures):
            try Self.settle(database, run, sequence, records, isWhole, sent: 0, failed: records.count)
            let roots = try Recovery.roots(database, of: run, sequence: sequence, records: records)
            for (index, failure) in failures.enumerated() {
                try failure.insert(into: database, run: run, root: roots.isEmpty ? nil : roots[index])
            }
        case .split(let run, let sequence, let records, let isWhole, let middle):
            if !isWhole { try Self.deletePart(database, run, sequence, records) }
            for part in [records.lowerBound..<middle, middle..<records.upperBound] {
                try database.cachedStatement(sql: "INSERT INTO part VALUES (?, ?, ?, ?, ?)").execute(arguments: [
                    run.rawValue, sequence, part.lowerBound, part.count, BatchState.sending.rawValue,
                ])
            }
        case .mayHaveBeenApplied(let run, let records):
            try database.cachedStatement(
                sql: "UPDATE run SET possible_duplicates = possible_duplicates + ? WHERE id = ?"
            ).execute(arguments: [records, run.rawValue])
        case .withdraw(let run, let sequence, let records, let isWhole):
            try Self.setState(database, run, sequence, records, isWhole: isWhole, .planned)
        case .fold(let run, let sequence):
            try Self.fold(database, run, before: sequence)
        case .progress(let run, let progress):
            try database.cachedStatement(
                sql: "UPDATE run SET requests = ?, retries = ?, statuses = ?, seconds = ? WHERE id = ?"
            ).execute(arguments: [
                progress.requests, progress.retries, try JSONText.encode(progress.statuses), progress.seconds,
                run.rawValue,
            ])
        case .state(let run, let state, let endedAt):
            try Self.setState(database, run, state, endedAt)
        case .unsentFile(let run, let path):
            try database.execute(
                sql: "UPDATE run SET unsent_file = ? WHERE id = ?", arguments: [path, run.rawValue])
        case .store(let run, let position, let record, let idempotencyKey):
            try record.insert(into: database, run: run, position: position)
            if let idempotencyKey { try Journal.attach(database, idempotencyKey, to: run) }
        }
    }

    private static func plan(
        _ database: Database, _ run: RunID, _ batch: BatchRow, _ rejects: [NewFailure], _ rejectsBytes: Int
    ) throws {
        let tally = batch.tally
        try database.cachedStatement(
            sql: """
                INSERT INTO batch (run, sequence, state, start_offset, start_line, end_offset, end_line, checksum,
                    records, malformed, name, age, cookie, banner_id, age_filter)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (run, sequence) DO UPDATE SET state = excluded.state
                """
        ).execute(arguments: [
            run.rawValue, batch.sequence, batch.state.rawValue, batch.start.offset, batch.start.line, batch.end.offset,
            batch.end.line, Int64(bitPattern: batch.checksum), batch.records, tally[.malformed], tally[.name],
            tally[.age], tally[.cookie], tally[.bannerID], tally[.ageFilter],
        ])
        for reject in rejects {
            try reject.insert(into: database, run: run, root: nil)
        }
        if tally.rejected > 0 {
            try database.cachedStatement(sql: "UPDATE run SET rejects_bytes = max(rejects_bytes, ?) WHERE id = ?")
                .execute(arguments: [rejectsBytes, run.rawValue])
        }
    }

    private static func settle(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool, sent: Int,
        failed: Int
    ) throws {
        if !isWhole { try deletePart(database, run, sequence, records) }
        try database.cachedStatement(
            sql: """
                UPDATE batch SET sent = sent + ?1, failed = failed + ?2,
                    state = CASE WHEN sent + failed + ?1 + ?2 >= records THEN 2 ELSE state END
                WHERE run = ?3 AND sequence = ?4
                """
        ).execute(arguments: [sent, failed, run.rawValue, sequence])
    }

    private static func deletePart(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>
    ) throws {
        try database.cachedStatement(sql: "DELETE FROM part WHERE run = ? AND sequence = ? AND first = ?")
            .execute(arguments: [run.rawValue, sequence, records.lowerBound])
    }

    private static func setState(
        _ database: Database, _ run: RunID, _ sequence: Int, _ records: Range<Int>, isWhole: Bool, _ state: BatchState
    ) throws {
        if isWhole {
            try database.cachedStatement(sql: "UPDATE batch SET state = ? WHERE run = ? AND sequence = ?")
                .execute(arguments: [state.rawValue, run.rawValue, sequence])
        } else {
            try database.cachedStatement(sql: "UPDATE part SET state = ? WHERE run = ? AND sequence = ? AND first = ?")
                .execute(arguments: [state.rawValue, run.rawValue, sequence, records.lowerBound])
        }
    }

    private static func fold(_ database: Database, _ run: RunID, before sequence: Int) throws {
        try database.cachedStatement(
            sql: """
                UPDATE run SET
                    watermark_offset = last.end_offset, watermark_line = last.end_line, next_sequence = ?2,
                    malformed = run.malformed + sums.malformed, name = run.name + sums.name,
                    age = run.age + sums.age, cookie = run.cookie + sums.cookie,
                    banner_id = run.banner_id + sums.banner_id, age_filter = run.age_filter + sums.age_filter,
                    sent = run.sent + sums.sent, failed = run.failed + sums.failed
                FROM
                    (SELECT end_offset, end_line FROM batch WHERE run = ?1 AND sequence < ?2
                        ORDER BY sequence DESC LIMIT 1) AS last,
                    (SELECT total(malformed) AS malformed, total(name) AS name, total(age) AS age,
                        total(cookie) AS cookie, total(banner_id) AS banner_id, total(age_filter) AS age_filter,
                        total(sent) AS sent, total(failed) AS failed
                        FROM batch WHERE run = ?1 AND sequence < ?2) AS sums
                WHERE id = ?1
                """
        ).execute(arguments: [run.rawValue, sequence])
        try database.cachedStatement(sql: "DELETE FROM batch WHERE run = ? AND sequence < ?")
            .execute(arguments: [run.rawValue, sequence])
    }

    private static func setState(_ database: Database, _ run: RunID, _ state: RunState, _ endedAt: Date?) throws {
        try database.execute(
            sql: "UPDATE run SET state = ?, is_open = ?, ended_at = ? WHERE id = ?",
            arguments: [
                try JSONText.encode(state), state != .done && state != .dryRun, endedAt?.timeIntervalSince1970,
                run.rawValue,
            ])
        if state == .done {
            try database.execute(
                sql: "UPDATE failure SET retrying_in = NULL WHERE retrying_in = ?", arguments: [run.rawValue])
            _ = try StoredRecord.clearSome(database, of: run)
        }
    }
}
