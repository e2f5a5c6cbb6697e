public import CustomerRecords
public import DeliveryModel
public import Foundation

/// The runs: created once, resumed perhaps, looked at for a long time.
public protocol RunHistory: Sendable {
    /// Creates a run and, in the same commit, what the store itself holds of its source. The same `NewRun` is created
    /// once.
    /// - Parameter claim: the client's key that is to lead to the run.
    func create(_ run: NewRun, records: [StoredRecord], claim: KeyClaim?) async throws(DeliveryError) -> RunID

    /// Newest first. The store does not know which processes are alive: of a query's states it tells only those apart that
    /// a run does not leave by itself.
    func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary]
    /// A run by its number; `nil` when there is none.
    func run(_ id: RunID) async throws(DeliveryError) -> RunSummary?
    /// Runs that can be resumed, or that a process works on, oldest first.
    func openRuns() async throws(DeliveryError) -> [RunSummary]
    /// Until when an API asked that nothing is sent to it, as its open runs were told; `nil` when it did not ask.
    func requestedPause(of api: String) async throws(DeliveryError) -> Date?
    /// The rules under which a run was read; `nil` when there is no such run.
    func options(of run: RunID) async throws(DeliveryError) -> ReaderOptions?

    /// Takes a run over and reads all that is needed to continue it. What was in doubt is counted as possible
    /// duplicates. A run without an address takes that of `binding`.
    /// - Returns: `nil` when there is no such run.
    /// - Throws: `conflict` when the run is bound to another address or profile, or has ended for good.
    func reopen(_ id: RunID, by owner: RunOwner, for binding: RunBinding) async throws(DeliveryError) -> ResumableRun?

    /// Opens a run of single records that is done for more of them.
    /// - Returns: `nil` when it is no such run, or belongs to another API.
    func extend(_ id: RunID, by owner: RunOwner, for binding: RunBinding) async throws(DeliveryError) -> ResumableRun?

    /// Sums over all runs.
    func totals() async throws(DeliveryError) -> StoreTotals

    /// How many records an API took in a period of whole quarters of an hour, over all runs.
    func recordsSent(to api: String?, in period: Range<Date>) async throws(DeliveryError) -> Int
}

extension RunHistory {
    /// Creates a run under no key of a client.
    public func create(
        _ run: NewRun, records: [StoredRecord] = [], claim: KeyClaim? = nil
    ) async throws(DeliveryError) -> RunID {
        try await create(run, records: records, claim: claim)
    }

    /// Runs of every kind before one, newest first.
    public func runs(limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary] {
        try await runs(RunQuery(), limit: limit, before: before)
    }

    /// The newest runs, newest first.
    public func runs(limit: Int) async throws(DeliveryError) -> [RunSummary] {
        try await runs(limit: limit, before: nil)
    }
}
