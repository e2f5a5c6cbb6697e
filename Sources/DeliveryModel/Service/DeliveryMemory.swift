public import CustomerRecords

/// What is remembered of what was sent, and how it is forgotten.
public protocol DeliveryMemory: Sendable {
    /// The newest run that began to send the same content to the same API, however it was read; `nil` when there is none.
    /// - Parameter isWanted: asked before the file is read; `false` ends the work.
    func runOfSameContent(
        as path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> RunID?
    /// Counts how many valid records of a file were not delivered under the list of its options before.
    /// - Parameter isWanted: asked now and then; `false` ends the work early, with an error that nobody waits for.
    func newRecords(
        in path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> NewRecordCount
    /// Forgets what was delivered under a list.
    /// - Returns: how many records were in it; `nil` when there is none.
    func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int?
    /// Removes people from everything that is stored of ended runs.
    /// - Parameter isDryRun: only count.
    func erase(_ cookies: [String], isDryRun: Bool) async throws(DeliveryError) -> ErasureReport
}
