import DeliveryModel
import DeliveryStore
import Logging
import SystemPackage

/// The files of records that were not delivered.
extension Engine {
    /// Brings the file up to date that a run's end changes: its day's, or for a retry that of the run which read the
    /// records.
    func writeUnsent(for end: RunEnd) async throws(DeliveryError) -> FilePath? {
        let folder = configuration.unsentDirectory
        var (source, day) = (end.source, end.localDay)
        var origins: [RunID] = []
        while case .retry(let id) = source, !origins.contains(id), let origin = try await journal.run(id) {
            origins.append(id)
            (source, day) = (origin.source, origin.localDay)
        }
        // A run without a failure leaves the file of its day alone.
        guard end.hasFailures || !origins.isEmpty else { return nil }
        return try await UnsentFile.line.pass { [day, origins] () throws(DeliveryError) in
            try await writeUnsent(of: day, in: folder, for: end, origins)
        }
    }

    /// - Parameter origins: the runs that a retry came from.
    private func writeUnsent(
        of day: LocalDay, in folder: FilePath, for end: RunEnd, _ origins: [RunID]
    ) async throws(DeliveryError) -> FilePath? {
        var file = try await UnsentFile(of: day, in: folder, archive: journal)
        if file.path == nil, end.hasFailures {
            try await file.claim(for: origins.last ?? end.run)
            if !file.hasUsualName, let path = file.path {
                logger.warning("another program wrote the day's unsent file; failed records go to \(path)")
            }
        }
        let path = try await file.write()
        var operations: [JournalOperation] = []
        for origin in origins { operations.append(.unsentFile(origin, path?.string)) }
        if !operations.isEmpty { try await commits.commit(operations) }
        return end.hasFailures ? path : nil
    }
}
