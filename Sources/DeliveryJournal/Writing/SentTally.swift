import DeliveryModel
import DeliveryStore
import GRDB

import struct Foundation.Date

/// What the API took in one commit: a few rows are written for it, however many batches there were.
struct SentTally {
    private struct Place: Hashable {
        var run: RunID
        var period: Int
    }

    private var records: [Place: Int] = [:]

    mutating func add(_ count: Int, of run: RunID, at date: Date) {
        records[Place(run: run, period: SentPeriod.number(of: date)), default: 0] += count
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
    }
}
