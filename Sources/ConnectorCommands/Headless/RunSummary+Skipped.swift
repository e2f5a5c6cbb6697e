import CustomerRecords
import DeliveryModel
import Foundation

extension RunSummary {
    /// That a file was not sent because its content was delivered before.
    init(skipping path: String, _ options: ReaderOptions, duplicateOf run: RunID) {
        self.init(
            id: RunID(rawValue: 0), source: .file(path: path), state: .skipped, startedAt: Date(), endedAt: Date(),
            filter: options.filter, duplicateOf: run)
    }
}
