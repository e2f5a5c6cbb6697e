public import CustomerRecords

/// What to deliver.
public struct RunRequest: Codable, Sendable {
    public enum Source: Codable, Sendable {
        /// A file; anything but a regular file is spooled first.
        case file(path: String)
        /// A file that was streamed, complete and synced, to the spool; the run owns and removes it.
        /// - Parameters:
        ///   - path: where it lies in the spool.
        ///   - source: what it is called for people.
        case spooled(path: String, source: RunSource)
    }

    public var source: Source
    /// How the source is read, and whose records are sent; a batch has 1…1000 records.
    public var options: ReaderOptions
    /// The client's key under which the run is noted, in the same commit that creates it.
    public var claim: KeyClaim?
    /// Who asks for it: a token's name and a client's address; `nil` is this process's user.
    public var submittedBy: String?

    public init(
        source: Source, options: ReaderOptions = ReaderOptions(), claim: KeyClaim? = nil,
        submittedBy: String? = nil
    ) {
        self.source = source
        self.options = options
        self.claim = claim
        self.submittedBy = submittedBy
    }
}

/// A record given by hand or over HTTP, not yet checked.
public struct RecordFields: Hashable, Codable, Sendable {
    public var name: String
    public var age: String
    public var cookie: String
    public var bannerID: String

    public init(name: String, age: String, cookie: String, bannerID: String) {
        self.name = name
        self.age = age
        self.cookie = cookie
        self.bannerID = bannerID
    }
}

public enum StopMode: Hashable, Codable, Sendable {
    /// Read no further, let the requests in flight end (at most 10 s).
    case finishInFlight
    /// Cut the requests in flight; their records are in doubt until the run is resumed.
    case now
}

/// The engine as its faces see it: commands, snapshots and the journal's lists. All methods throw `DeliveryError`.
public protocol DeliveryService: Sendable {
    /// The newest snapshot. Cheap: no waiting, no I/O.
    func snapshot() -> EngineSnapshot
    /// Snapshots as they change, at most about ten a second; a slow reader misses the older ones.
    func snapshots() -> AsyncStream<EngineSnapshot>

    /// How fast a run that has ended went; `nil` when that was not recorded.
    func graph(of run: RunID) async -> RunGraph?
    /// The newest run that began to send the same content to the same API, however it was read; `nil` when there is none.
    /// - Parameter isWanted: asked before the file is read; `false` ends the work.
    func runOfSameContent(
        as path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws -> RunID?
    /// The newest requests to the API, newest first: what the process that delivers sent, and a few hundred of it.
    func recentRequests() async throws -> [RequestTrace]

    // Runs
    func start(_ request: RunRequest) async throws -> RunID
    func pause(_ run: RunID) async throws
    /// Continues a paused run.
    func unpause(_ run: RunID) async throws
    /// Sends an active run although the send window is closed, until the process ends.
    func passWindow(_ run: RunID) async throws
    func stop(_ run: RunID, mode: StopMode) async throws
    /// Continues a run that was stopped, failed or interrupted by a crash.
    func resume(_ run: RunID) async throws
    /// Ends a run for good; what was not delivered is listed as failed.
    /// - Returns: what was never read, or can't be listed, and where it is; `nil` when nothing is left over.
    /// - Throws: `conflict` when the run has its end already.
    func discard(_ run: RunID) async throws -> String?
    /// Waits until the run has ended (`done`, `stopped` or `failed`).
    func finished(_ run: RunID) async throws -> RunSummary

    // Failed records
    /// Sends failed records again, as a run of its own.
    /// - Parameters:
    ///   - claim: the client's key under which the new run is noted, in the same commit.
    ///   - submittedBy: who asks for it; `nil` is this process's user.
    /// - Throws: `conflict` when nothing is left to send.
    func retry(
        _ run: RunID, _ selection: FailureSelection, claim: KeyClaim?, submittedBy: String?
    ) async throws -> RunID
    /// Sends a failed or rejected record again with these fields in its place.
    /// - Throws: `conflict` with the broken rule when the fields are not valid.
    func resend(_ record: Int64, as fields: RecordFields) async throws -> RunID
    /// What a change would make of many records.
    /// - Parameter isWanted: asked now and then; `false` ends the work early.
    func previewFix(_ fix: BulkFix, isWanted: @escaping @Sendable () -> Bool) async throws -> FixPreview
    /// Sends the records that a change changes and makes valid, as a run for each run that they came from.
    /// - Throws: `conflict` when there are none.
    func applyFix(_ fix: BulkFix) async throws -> [RunID]
    func failures(_ query: FailureQuery, offset: Int, limit: Int) async throws -> [FailedRecord]
    /// The records that follow one in the query's order, also when that one was delivered meanwhile; `nil` begins.
    func failures(_ query: FailureQuery, after record: Int64?, limit: Int) async throws -> [FailedRecord]
    func failureCount(_ query: FailureQuery) async throws -> Int
    /// How many records a query selects, by what they have in common.
    func failureFacets(_ query: FailureQuery) async throws -> FailureFacets
    /// The ids of everything that the query selects, in its order, for a list that is scrolled.
    func failureOrder(_ query: FailureQuery) async throws -> [Int64]
    /// Records by their ids, in the order of these; also those that were delivered meanwhile.
    func failures(ids: [Int64]) async throws -> [FailedRecord]
    /// Position of a record in the query's order, so that a list can stay on it; `nil` when it is gone.
    func failureIndex(of record: Int64, in query: FailureQuery) async throws -> Int?
    /// Takes records off the list of failures without delivering them.
    /// - Returns: those that were on it.
    func dismiss(_ records: [Int64]) async throws -> [Int64]
    /// Brings dismissed records back.
    func undismiss(_ records: [Int64]) async throws -> [Int64]
    /// Writes what the query selects as CSV, guarded for spreadsheets, mode 0600.
    /// - Returns: how many records were written.
    func exportFailures(_ query: FailureQuery, to path: String) async throws -> Int

    // History
    /// Newest first.
    func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws -> [RunSummary]
    /// As it stands at this moment: whatever was answered before is in it.
    func run(_ id: RunID) async throws -> RunSummary?

    /// Who did what, newest first.
    func audit(_ query: AuditQuery) async throws -> [AuditEntry]
    /// Has the audit keep what was done already. When that fails, the log says so.
    func note(_ action: FaceAction) async

    /// Removes people from everything that is stored of ended runs.
    /// - Parameter isDryRun: only count.
    func erase(_ cookies: [String], isDryRun: Bool) async throws -> ErasureReport

    /// Counts how many valid records of a file were not delivered under the list of its options before.
    /// - Parameter isWanted: asked now and then; `false` ends the work early.
    func newRecords(
        in path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws -> NewRecordCount

    /// Forgets what was delivered under a list.
    /// - Returns: how many records were in it; `nil` when there is none.
    func removeDeliveryList(_ name: String) async throws -> Int?

    // Single submissions
    /// Takes a valid record; returns when it is durable.
    func submit(_ submission: SingleSubmission) async throws -> SubmissionReceipt

    // Pacing
    /// The most requests in flight, 1…256.
    func setConcurrency(_ maximum: Int) async
    /// The most records a second; `nil` is no limit.
    func setRate(_ maximum: Int?) async
    /// When records may be sent and how many a day, from here on until the process ends; open runs included.
    /// - Throws: `conflict` when it can't be understood.
    func setSchedule(_ schedule: SendSchedule) async throws

    /// What held runs back may be over: tries again now, whatever the time of the next check.
    func retryNow() async

    // The API
    /// Replaces the address and the key, in memory only. An empty key keeps the present one.
    func setAPI(url: String, projectKey: String) async throws
    /// Logs in once and says in one line what the API answered. Throws when the login failed.
    /// - Parameters:
    ///   - url: empty takes the present address; another one is used for this login only.
    ///   - projectKey: empty takes the present key.
    func testLogin(url: String, projectKey: String) async throws -> String
}

extension DeliveryService {
    public func retryNow() async {}

    public func retry(_ run: RunID, _ selection: FailureSelection) async throws -> RunID {
        try await retry(run, selection, claim: nil, submittedBy: nil)
    }

    public func runs(limit: Int, before: RunID?) async throws -> [RunSummary] {
        try await runs(RunQuery(), limit: limit, before: before)
    }

    public func recentRequests() async throws -> [RequestTrace] { [] }
    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] { [] }
    public func note(_ action: FaceAction) async {}

    public func erase(_ cookies: [String], isDryRun: Bool) async throws -> ErasureReport {
        throw DeliveryError(.conflict, "Nothing can be erased here.")
    }

    public func passWindow(_ run: RunID) async throws {
        throw DeliveryError(.conflict, "Run \(run) waits for no send window.")
    }

    public func setSchedule(_ schedule: SendSchedule) async throws {
        throw DeliveryError(.conflict, "The send window and the daily limit can't be changed here.")
    }

    public func newRecords(
        in path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws -> NewRecordCount {
        throw DeliveryError(.conflict, "Delivered records can't be compared with here.")
    }

    public func removeDeliveryList(_ name: String) async throws -> Int? { nil }
    public func graph(of run: RunID) async -> RunGraph? { nil }

    public func runOfSameContent(
        as path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws -> RunID? { nil }

    public func previewFix(_ fix: BulkFix, isWanted: @escaping @Sendable () -> Bool) async throws -> FixPreview {
        throw DeliveryError(.conflict, "Records can't be changed here.")
    }

    public func applyFix(_ fix: BulkFix) async throws -> [RunID] {
        throw DeliveryError(.conflict, "Records can't be changed here.")
    }
}
