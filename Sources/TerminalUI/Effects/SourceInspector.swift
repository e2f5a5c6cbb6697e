import CustomerRecords
import DeliveryModel

/// Looks into files for the Send screen.
struct SourceInspector: Sendable {
    /// Reads the beginning of a file.
    /// - Throws: `UnmappedSource` when somebody has to say which column is which.
    var preview: @Sendable (_ path: String, _ reading: FileReading) async throws -> FilePreview
    /// Reads the whole file, and reports now and then; ends early when `isWanted` says so.
    var dryRun:
        @Sendable (
            _ path: String, _ reading: FileReading, _ isWanted: @escaping @Sendable () -> Bool,
            _ report: @escaping @Sendable (DryRunReport) -> Void
        ) async throws -> Void
    /// Its columns, with values of each.
    var columns: @Sendable (_ path: String, _ reading: FileReading) async throws -> SourceColumns
    /// What its beginning reads like.
    var sample: @Sendable (_ path: String, _ reading: FileReading) async throws -> EncodingSample
}
