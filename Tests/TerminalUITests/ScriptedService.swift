import CustomerRecords
import DeliveryModel
import Foundation
import Synchronization

/// An engine of which a test says what it holds; it notes what it was told.
final class ScriptedService: DeliveryService {
    struct State {
        var failures: [FailedRecord] = []
        var runs: [RunSummary] = []
        var calls: [String] = []
        var refusal: DeliveryError?
        /// The API that is used.
        var api: String?
        var requests: [RequestTrace] = []
        var audit: [AuditEntry] = []
        var erasure = ErasureReport()
    }

    let state = Mutex(State())

    var calls: [String] { state.withLock { $0.calls } }

    private func note(_ call: String) throws(DeliveryError) {
        try state.withLock { state throws(DeliveryError) in
            state.calls.append(call)
            if let refusal = state.refusal { throw refusal }
        }
    }

    func snapshot() -> EngineSnapshot {
        var snapshot = EngineSnapshot(generation: 1, apiHost: "ads.example.com")
        snapshot.apiAddress = state.withLock { $0.api }
        return snapshot
    }
    func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry] {
        let all = state.withLock { $0.audit }
        return Array(all.filter { query.run == nil || $0.run == query.run }.prefix(query.limit))
    }
    func erase(_ cookies: [String], isDryRun: Bool) async throws(DeliveryError) -> ErasureReport {
        try note("erase \(cookies)\(isDryRun ? " as a dry run" : "")")
        return state.withLock { $0.erasure }
    }
    func note(_ action: FaceAction) async { try? note("\(action)") }
    func recentRequests() async throws(DeliveryError) -> [RequestTrace] { state.withLock { $0.requests } }
    func snapshots() -> AsyncStream<EngineSnapshot> { AsyncStream { $0.finish() } }

    func start(_ request: RunRequest) async throws(DeliveryError) -> RunID {
        guard case .file(let path) = request.source else { throw DeliveryError(.source, "no file") }
        try note("start \(path) \(request.options.filter.minimum) \(request.options.batchSize)")
        return RunID(rawValue: 1)
    }
    func pause(_ run: RunID) async throws(DeliveryError) { try note("pause \(run)") }
    func unpause(_ run: RunID) async throws(DeliveryError) { try note("unpause \(run)") }
    func stop(_ run: RunID, mode: StopMode) async throws(DeliveryError) { try note("stop \(run) \(mode)") }
    func resume(_ run: RunID) async throws(DeliveryError) { try note("resume \(run)") }
    func discard(_ run: RunID) async throws(DeliveryError) -> String? {
        try note("discard \(run)")
        return nil
    }
    func finished(_ run: RunID) async throws(DeliveryError) -> RunSummary { throw DeliveryError(.notFound, "no run") }

    func retry(
        _ run: RunID, _ selection: FailureSelection, claim: KeyClaim?, submittedBy: String?
    ) async throws(DeliveryError) -> RunID {
        switch selection {
        case .records(let ids): try note("retry \(run) \(ids)")
        case .matching(let query): try note("retry \(run) matching \(query.kinds.map(\.rawValue).sorted())")
        }
        return RunID(rawValue: run.rawValue + 100)
    }
    func resend(_ record: Int64, as fields: RecordFields) async throws(DeliveryError) -> RunID {
        try note("resend \(record) \(fields.name)")
        return RunID(rawValue: 99)
    }

    private func select(_ query: FailureQuery) -> [FailedRecord] {
        state.withLock { $0.failures }.filter { record in
            (query.run == nil || record.run == query.run) && (query.kinds.isEmpty || query.kinds.contains(record.kind))
        }
    }
    func failures(_ query: FailureQuery, offset: Int, limit: Int) async throws(DeliveryError) -> [FailedRecord] {
        try note("failures \(offset) \(limit)")
        return Array(select(query).dropFirst(offset).prefix(limit))
    }
    func failures(_ query: FailureQuery, after record: Int64?, limit: Int) async throws(DeliveryError) -> [FailedRecord]
    {
        try note("failures after \(record ?? 0) \(limit)")
        return Array(
            select(query).drop { record != nil && $0.id != record }.dropFirst(record == nil ? 0 : 1).prefix(limit))
    }
    func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64] {
        try note("order")
        return select(query).map(\.id)
    }
    func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord] {
        try note("failures \(ids.count)")
        let known = Dictionary(uniqueKeysWithValues: state.withLock { $0.failures }.map { ($0.id, $0) })
        return ids.compactMap { known[$0] }
    }
    func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int { select(query).count }
    func exportFailures(_ query: FailureQuery, to path: String) async throws(DeliveryError) -> Int {
        try note("export \(path)")
        return select(query).count
    }
    func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary] {
        let all = state.withLock { $0.runs }
        return Array(all.filter { run in before.map { run.id < $0 } ?? true }.prefix(limit))
    }
    func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? {
        state.withLock { $0.runs.first { $0.id == id } }
    }
    func setConcurrency(_ maximum: Int) async { try? note("concurrency \(maximum)") }
    func setRate(_ maximum: Int?) async { try? note("rate \(maximum.map(String.init) ?? "none")") }
    func setAPI(url: String, projectKey: String) async throws(DeliveryError) { try note("api \(url)") }
    func dismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        try note("dismiss \(records.sorted())")
        return records
    }
    func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        try note("undismiss \(records.sorted())")
        return records
    }
    func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets {
        let found = select(query)
        return FailureFacets(
            kinds: Dictionary(grouping: found, by: \.kind).mapValues(\.count),
            runs: Dictionary(grouping: found, by: \.run).mapValues(\.count))
    }
    func retryNow() async { try? note("retry now") }
    func passWindow(_ run: RunID) async throws(DeliveryError) { try note("pass window \(run)") }
    func setSchedule(_ schedule: SendSchedule) async throws(DeliveryError) { try note("schedule") }
    func graph(of run: RunID) async -> RunGraph? { nil }
    func runOfSameContent(
        as path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> RunID? { nil }
    func newRecords(
        in path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> NewRecordCount { NewRecordCount(ages: nil) }
    func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int? { nil }
    func previewFix(
        _ fix: BulkFix, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> FixPreview { FixPreview() }
    func applyFix(_ fix: BulkFix) async throws(DeliveryError) -> [RunID] { [] }
    func testLogin(url: String, projectKey: String) async throws(DeliveryError) -> String {
        try note("login \(url)")
        return "login succeeded"
    }
}

struct EmptyLog: LogSource {
    func lines(after number: Int) -> [LogLine] { [] }
}
