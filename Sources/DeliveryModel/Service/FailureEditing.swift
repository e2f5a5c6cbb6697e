public import CustomerRecords

/// What an operator does with records that were not delivered, apart from sending them again as they are.
public protocol FailureEditing: Sendable {
    /// Sends a failed or rejected record again with these fields in its place.
    /// - Throws: `conflict` with the broken rule when the fields are not valid.
    func resend(_ record: Int64, as fields: RecordFields) async throws(DeliveryError) -> RunID
    /// What a change would make of many records.
    /// - Parameter isWanted: asked now and then; `false` ends the work early.
    func previewFix(
        _ fix: BulkFix, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> FixPreview
    /// Sends the records that a change changes and makes valid, as a run for each run that they came from.
    /// - Throws: `conflict` when there are none.
    func applyFix(_ fix: BulkFix) async throws(DeliveryError) -> [RunID]
    /// Takes records off the list of failures without delivering them.
    /// - Returns: those that were on it.
    func dismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64]
    /// Brings dismissed records back.
    func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64]
    /// Writes what the query selects as CSV, guarded for spreadsheets, mode 0600.
    /// - Returns: how many records were written.
    func exportFailures(_ query: FailureQuery, to path: String) async throws(DeliveryError) -> Int
}
