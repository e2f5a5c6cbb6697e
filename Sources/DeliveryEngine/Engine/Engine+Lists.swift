public import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// Lists of what was delivered.
extension Engine {
    /// The list of a run, which it begins when there is none.
    func deliveryList(_ options: ReaderOptions) async throws(DeliveryError) -> DeliveryList? {
        guard let name = options.onlyNew else { return nil }
        return try await journal.deliveryList(name, for: api?.address, begunBy: configuration.owner)
    }

    @concurrent
    public nonisolated func newRecords(
        in path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> NewRecordCount {
        var options = options
        // Of each age it is told apart, so that any filter is answered.
        options.filter = AgeFilter(minimum: 0)
        let address = await binding.api
        do {
            guard
                let new = try await NewRecordSearch.count(
                    of: path, options, for: address, in: journal, isWanted: isWanted)
            else { return NewRecordCount(ages: nil) }
            let counted = try DryRun.count(try DryRunSource(path), options: options, newRecords: new) { _ in
                guard isWanted() else { throw CancellationError() }
                return true
            }
            return NewRecordCount(ages: counted.ages.bins)
        } catch is CancellationError {
            throw DeliveryError(.conflict, "Counting was stopped: its result is no longer wanted.")
        } catch {
            throw RunSource.file(path: FilePath(path).lastComponent?.string ?? path).readingFault(error)
        }
    }

    public func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int? {
        guard let removed = try await journal.removeDeliveryList(name) else { return nil }
        try await note(.removeList, records: removed)
        return removed
    }
}
