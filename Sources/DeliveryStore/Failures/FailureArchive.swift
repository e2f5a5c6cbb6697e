public import CustomerRecords
public import DeliveryModel

public import struct Foundation.Date

/// Records that were read and not delivered: each stands there once, however often it was tried.
///
/// A query for a run finds what it read and did not deliver, and for a retry what failed in it again.
public protocol FailureArchive: Sendable {
    /// Failed and rejected records that no run has delivered since.
    func failures(_ query: FailureQuery, offset: Int, limit: Int) async throws(DeliveryError) -> [FailedRecord]
    /// The records that follow one in the query's order, also when that one was delivered in the meantime. Walking a
    /// list this way skips nothing while others shrink it.
    /// - Parameter record: `nil` begins.
    func failures(_ query: FailureQuery, after record: Int64?, limit: Int) async throws(DeliveryError) -> [FailedRecord]
    /// How many records a query selects.
    func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int
    /// How many records a query selects, by what they have in common.
    func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets
    /// The ids of everything that a query selects, in its order.
    func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64]
    /// Records by their ids, in the order of these; also those that were delivered in the meantime.
    func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord]
    /// A record by its id; `nil` when it was never on the list, or its run is forgotten.
    func failure(_ id: Int64) async throws(DeliveryError) -> FailedRecord?

    /// Failed records, as they were read, of all runs of a day; oldest first.
    func unsentRecords(of day: LocalDay, after record: Int64, limit: Int) async throws(DeliveryError) -> [FailedRecord]
    /// Where runs of a day said that its failed records are written.
    func unsentFiles(of day: LocalDay) async throws(DeliveryError) -> [RunID: String]
    /// The newest run that has failed records which nobody sends now, among those that `binding` may continue.
    func newestRunToRetry(for binding: RunBinding) async throws(DeliveryError) -> RunID?

    /// Takes records off the list of failures without delivering them.
    /// - Returns: those that were on it.
    func dismiss(_ records: [Int64], at time: Date) async throws(DeliveryError) -> [Int64]
    /// Brings dismissed records back.
    func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64]

    /// Creates a run of failed records. Each is claimed, so that two retries never send the same one. The same `NewRun`
    /// is created once.
    /// - Parameter claim: the client's key that is to lead to the run.
    /// - Returns: the run and how many records it holds; `nil` when nothing is left to send.
    /// - Throws: `conflict` when the records belong to another API.
    func createRetry(
        _ run: NewRun, of selection: FailureSelection, in origin: RunID, claim: KeyClaim?
    ) async throws(DeliveryError) -> (run: RunID, records: Int)?

    /// Creates a run that sends one failed or rejected record with other fields. The same `NewRun` is created once.
    func createResend(
        _ run: NewRun, of record: Int64, as fields: RecordFields
    ) async throws(DeliveryError) -> RunID

    /// Adds failed or rejected records with other fields to a run of stored records that has not begun. What another
    /// run sends, or has delivered, is left out.
    /// - Parameter run: `nil` creates one, unless nothing is left to add.
    /// - Returns: the run, and how many were added.
    func addFixed(
        _ records: [FixedRecord], to run: RunID?, _ new: NewRun, of origin: RunID
    ) async throws(DeliveryError) -> (run: RunID?, added: Int)
    /// Lines of a run's source whose records the store holds or held, whatever became of them.
    func failureLines(of run: RunID) async throws(DeliveryError) -> Set<Int>
    /// How the source of a run is written; `nil` when the store holds its records.
    func dialect(of run: RunID) async throws(DeliveryError) -> CSVDialect?
}

extension FailureArchive {
    /// Creates a run of failed records under no key of a client.
    public func createRetry(
        _ run: NewRun, of selection: FailureSelection, in origin: RunID
    ) async throws(DeliveryError) -> (run: RunID, records: Int)? {
        try await createRetry(run, of: selection, in: origin, claim: nil)
    }

    /// The first records that a query selects.
    public func failures(_ query: FailureQuery, limit: Int) async throws(DeliveryError) -> [FailedRecord] {
        try await failures(query, offset: 0, limit: limit)
    }

    /// Calls `body` with every record of the query, a page at a time, so that a million of them need no memory.
    public func forEachFailure(
        _ query: FailureQuery, _ body: (FailedRecord) throws(DeliveryError) -> Void
    ) async throws(DeliveryError) {
        var last: Int64?
        while true {
            let page = try await failures(query, after: last, limit: 2000)
            for record in page { try body(record) }
            guard page.count == 2000, let next = page.last?.id else { return }
            last = next
        }
    }
}
