public import DeliveryModel

/// Where the bytes or records of runs lie, and what was sent before.
public protocol SourceArchive: Sendable {
    /// Where a run's source lies and what it was known by; `nil` when there is no such run. What only another process has is
    /// brought here first.
    func source(of run: RunID) async throws(DeliveryError) -> LocatedSource?
    /// What a run's source was known by, without seeing to it that its bytes are here.
    func fingerprint(of run: RunID) async throws(DeliveryError) -> SourceFingerprint?
    /// Names of the files in the spool that a run still needs.
    func spooledFiles() async throws(DeliveryError) -> Set<String>

    /// Runs that sent the same content to the same API before, newest first, also those that are forgotten since.
    func deliveries(
        of content: ContentIdentity, for binding: RunBinding
    ) async throws(DeliveryError) -> [ContentDelivery]

    /// Stored records of a run from a position on, in order.
    func storedRecords(of run: RunID, from position: Int, limit: Int) async throws(DeliveryError) -> [StoredRecord]
    /// How many records of a run the store holds.
    func storedRecordCount(of run: RunID) async throws(DeliveryError) -> Int
    /// Removes what is left of the stored records of runs that are done, a few at a time.
    func clearDeliveredRecords() async throws(DeliveryError)
}
