import DeliveryModel
import DeliveryStore
import GRDB

import struct Foundation.Data
import struct Foundation.Date

/// What is written once a commit, however many batches there were: what the API took, how many requests that was, and how
/// far sources were read.
struct CommitTally {
    private struct Place: Hashable {
        var run: RunID
        var period: Int
    }

    private var records: [Place: Int] = [:]
    private var progress: [RunID: RunProgress] = [:]
    private var read: [RunID: ContentIdentity] = [:]

    mutating func add(_ count: Int, of run: RunID, at date: Date) {
        records[Place(run: run, period: SentPeriod.number(of: date)), default: 0] += count
    }

    /// The last one counts.
    mutating func note(_ progress: RunProgress, of run: RunID) { self.progress[run] = progress }

    /// Batches are not planned in their order: what reaches furthest stays.
    mutating func noteRead(_ identity: ContentIdentity, of run: RunID) {
        if read[run].map({ $0.length < identity.length }) ?? true { read[run] = identity }
    }

    func write(to database: Database) throws {
        for (place, count) in records {
            try database.cachedStatement(
                sql: """
                    INSERT INTO sent_period (api, period, records)
                        SELECT api, ?2, ?3 FROM run WHERE id = ?1 AND api IS NOT NULL
                    ON CONFLICT (api, period) DO UPDATE SET records = records + excluded.records
                    """
            ).execute(arguments: [place.run.rawValue, place.period, count])
        }
        for (run, progress) in progress {
            try database.cachedStatement(
                sql: "UPDATE run SET requests = ?, retries = ?, statuses = ?, seconds = ? WHERE id = ?"
            ).execute(arguments: [
                progress.requests, progress.retries, try JSONText.encode(progress.statuses), progress.seconds,
                run.rawValue,
            ])
        }
        for (run, read) in read {
            try database.cachedStatement(
                sql: """
                    UPDATE run SET content_hash = ?1, content_length = ?2
                    WHERE id = ?3 AND ifnull(content_length, 0) < ?2
                    """
            ).execute(arguments: [Data(read.hash), read.length, run.rawValue])
        }
    }
}
