public import DeliveryModel
import DeliveryStore

extension Engine {
    public func erase(_ cookies: [String], isDryRun: Bool) async throws(DeliveryError) -> ErasureReport {
        let erasure = Erasure(store: journal, directory: directory, unsent: configuration.unsentDirectory)
        let report = try await erasure.erase(ErasedCookies(cookies), isDryRun: isDryRun)
        if !isDryRun { try await note(.erase, records: report.total) }
        return report
    }
}
