import CustomerRecords
import DeliveryModel
import DeliveryStore
import StoreTestSupport

@testable import DeliveryEngine

/// The records of a run from where it stands.
struct SimulatedReader {
    var open: [BatchRow]
    var position: Int
    var batchSize: Int

    mutating func next(of run: RunID, in store: SimulatedStore) -> PlannedBatch? {
        let known = store.runs[run]
        let isStored = known?.isStored == true
        if !open.isEmpty {
            let row = open.removeFirst()
            return PlannedBatch(
                batch: SimulatedBatches.batch(
                    row.records, from: row.start.offset, to: row.end.offset, rejected: 0, isStored: isStored),
                known: row)
        }
        let start = position
        var (valid, rejected) = (0, 0)
        if isStored {
            while valid < min(batchSize, SimulatedBatches.maximumRecords), known?.stored[position] != nil {
                valid += 1
                position += 1
            }
        } else {
            // A negative record is rejected.
            let file = store.files[run] ?? []
            while position < file.count, valid < batchSize {
                if file[position] >= 0 { valid += 1 } else { rejected += 1 }
                position += 1
            }
        }
        guard position > start else { return nil }
        return PlannedBatch(
            batch: SimulatedBatches.batch(
                valid, from: start, to: position, rejected: rejected, isStored: isStored))
    }
}
