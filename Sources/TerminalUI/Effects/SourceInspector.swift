import CustomerRecords
import DeliveryModel

/// Looks into files for the Send screen.
struct SourceInspector: Sendable {
    /// Reads the beginning of a file.
    var preview: @Sendable (_ path: String) async throws -> FilePreview
    /// Reads the whole file, and reports now and then; ends early when `isWanted` says so.
    var dryRun:
        @Sendable (
            _ path: String, _ isWanted: @escaping @Sendable () -> Bool,
            _ report: @escaping @Sendable (DryRunReport) -> Void
        ) async throws -> Void
}
