public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
public import Foundation
import Synchronization

/// A store in memory, with everything that a store promises except that it survives the process.
public final class MemoryStore: DurableStore {
    private let state = Mutex(MemoryLedger())

    public init() {}

    public var ledger: MemoryLedger { state.withLock { $0 } }

    /// All of it happens, or nothing.
    private func write<Value: Sendable>(
        _ body: (inout MemoryLedger) throws(DeliveryError) -> Value
    ) throws(DeliveryError) -> Value {
        let result = state.withLock { ledger -> Result<Value, DeliveryError> in
            var copy = ledger
            do throws(DeliveryError) {
                let value = try body(&copy)
                ledger = copy
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    // MARK: Commits

    public func commit(
        _ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void
    ) {
        do throws(DeliveryError) {
            try write { (ledger) throws(DeliveryError) in
                for operation in operations { try ledger.apply(operation) }
            }
            completion(nil)
        } catch {
            completion(error)
        }
    }

    public func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void) {
        commit(operations) { if let error = $0 { failed(error) } }
    }

    public func beginCommits() {}
    public func checkWritable() async throws(DeliveryError) {}

    // MARK: Runs

    public func create(
        _ run: NewRun, records: [StoredRecord], claim: KeyClaim?
    ) async throws(DeliveryError) -> RunID {
        try write { $0.create(run, records: records, claim: claim) }
    }

    public func runs(
        _ query: RunQuery, limit: Int, before: RunID?
    ) async throws(DeliveryError) -> [RunSummary] {
        let ledger = ledger
        var query = query
        // Which of the others it is depends on who works on the run.
        let asksForOpen = query.state.map { !["done", "dry_run", "skipped", "failed"].contains($0) } ?? false
        if asksForOpen { query.state = nil }
        let runs = ledger.runs.values.filter { run in
            (before.map { run.id < $0 } ?? true) && (!asksForOpen || run.isOpen || run.standingOrder == .discarded)
        }
        return Array(
            runs.sorted { $0.id > $1.id }.map(ledger.summary).filter { query.matches($0) }.prefix(limit))
    }

    public func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? {
        let ledger = ledger
        return ledger.runs[id].map(ledger.summary)
    }

    public func openRuns() async throws(DeliveryError) -> [RunSummary] {
        let ledger = ledger
        return ledger.runs.values.filter(\.isOpen).sorted { $0.id < $1.id }.map(ledger.summary)
    }

    public func requestedPause(of api: String) async throws(DeliveryError) -> Date? { ledger.requestedPause(of: api) }

    public func options(of run: RunID) async throws(DeliveryError) -> ReaderOptions? { ledger.runs[run]?.new.options }

    public func reopen(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) async throws(DeliveryError) -> ResumableRun? {
        try write { (ledger) throws(DeliveryError) in try ledger.reopen(id, by: owner, for: binding) }
    }

    public func extend(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) async throws(DeliveryError) -> ResumableRun? {
        try write { (ledger) throws(DeliveryError) in try ledger.extend(id, by: owner, for: binding) }
    }

    public func totals() async throws(DeliveryError) -> StoreTotals { ledger.totals() }

    public func recordsSent(to api: String?, in period: Range<Date>) async throws(DeliveryError) -> Int {
        ledger.recordsSent(to: api, in: period)
    }

    // MARK: Erasure

    public func erase(_ cookies: ErasedCookies, isDryRun: Bool) async throws(DeliveryError) -> StoreErasure {
        guard isDryRun else { return try write { $0.erase(cookies) } }
        var copy = ledger
        return copy.erase(cookies)
    }

    public func overwriteErased() async throws(DeliveryError) -> [ErasureReport.Remainder] { [] }

    public func erasableSources() async throws(DeliveryError) -> [ErasableSource] {
        ledger.runs.values.sorted { $0.id < $1.id }.filter { !$0.isStored }.map {
            ErasableSource(run: $0.id, location: $0.new.location, isOpen: $0.isOpen)
        }
    }

    // MARK: Lists

    public func deliveryList(
        _ name: String, for api: String?, begunBy owner: RunOwner?
    ) async throws(DeliveryError) -> DeliveryList? {
        try write { $0.deliveryList(name, for: api, begunBy: owner) }
    }

    public func delivered(_ keys: [DeliveryKey], in list: Int64) async throws(DeliveryError) -> [Bool] {
        let known = ledger.lists[list]?.keys ?? []
        return keys.map(known.contains)
    }

    public func compactDelivered(in list: Int64) async throws(DeliveryError) {}

    public func deliveryLists() async throws(DeliveryError) -> [DeliveryListSummary] {
        ledger.lists.values.sorted { ($0.name, $0.api ?? "") < ($1.name, $1.api ?? "") }.map {
            DeliveryListSummary(
                name: $0.name, api: $0.api, records: $0.keys.count, createdAt: $0.createdAt, usedAt: $0.usedAt)
        }
    }

    public func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int? {
        try write { $0.removeDeliveryList(name) }
    }

    // MARK: Audit

    public func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry] { ledger.audited(query) }

    public func forgetSomeAudit(before oldest: Date, countsBefore: Date) async throws(DeliveryError) -> Bool {
        try write { $0.forgetAudit(before: oldest, countsBefore: countsBefore) }
        return false
    }

    // MARK: Failures

    public func failures(
        _ query: FailureQuery, offset: Int, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] { Array(ledger.selected(query).dropFirst(offset).prefix(limit)) }

    public func failures(
        _ query: FailureQuery, after record: Int64?, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] { try ledger.following(record, query, limit: limit) }

    public func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int { ledger.selected(query).count }

    public func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets {
        ledger.facets(query)
    }

    public func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64] {
        ledger.selected(query).map(\.id)
    }

    public func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord] {
        let ledger = ledger
        return ids.compactMap { ledger.failures[$0]?.record }
    }

    public func failure(_ id: Int64) async throws(DeliveryError) -> FailedRecord? { ledger.failures[id]?.record }

    public func unsentRecords(
        of day: LocalDay, after record: Int64, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] { ledger.unsent(of: day, after: record, limit: limit) }

    public func unsentFiles(of day: LocalDay) async throws(DeliveryError) -> [RunID: String] {
        ledger.runs.filter { $0.value.new.localDay == day }.compactMapValues(\.unsentFile)
    }

    public func newestRunToRetry(for binding: RunBinding) async throws(DeliveryError) -> RunID? {
        ledger.newestRunToRetry(for: binding)
    }

    public func dismiss(_ records: [Int64], at time: Date) async throws(DeliveryError) -> [Int64] {
        try write { $0.setDismissed(records, at: time) }
    }

    public func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        try write { $0.setDismissed(records, at: nil) }
    }

    public func createRetry(
        _ run: NewRun, of selection: FailureSelection, in origin: RunID, claim: KeyClaim?
    ) async throws(DeliveryError) -> (run: RunID, records: Int)? {
        try write { (ledger) throws(DeliveryError) in
            try ledger.createRetry(run, of: selection, in: origin, claim: claim)
        }
    }

    public func addFixed(
        _ records: [FixedRecord], to run: RunID?, _ new: NewRun, of origin: RunID
    ) async throws(DeliveryError) -> (run: RunID?, added: Int) {
        try write { (ledger) throws(DeliveryError) in try ledger.addFixed(records, to: run, new, of: origin) }
    }

    public func failureLines(of run: RunID) async throws(DeliveryError) -> Set<Int> {
        Set(ledger.failures.values.filter { $0.wasRejected && $0.record.run == run }.map(\.record.line))
    }

    public func dialect(of run: RunID) async throws(DeliveryError) -> CSVDialect? { ledger.runs[run]?.new.dialect }

    public func createResend(
        _ run: NewRun, of record: Int64, as fields: RecordFields
    ) async throws(DeliveryError) -> RunID {
        try write { (ledger) throws(DeliveryError) in try ledger.createResend(run, of: record, as: fields) }
    }

    // MARK: Sources

    public func source(of run: RunID) async throws(DeliveryError) -> LocatedSource? {
        ledger.runs[run].map { LocatedSource(location: $0.new.location, fingerprint: $0.new.fingerprint) }
    }

    public func fingerprint(of run: RunID) async throws(DeliveryError) -> SourceFingerprint? {
        ledger.runs[run]?.new.fingerprint
    }

    public func spooledFiles() async throws(DeliveryError) -> Set<String> {
        Set(
            ledger.runs.values.compactMap { run in
                guard case .spool(let name) = run.new.location else { return nil }
                if case .refused = run.state { return name }
                return run.isOpen ? name : nil
            })
    }

    public func deliveries(
        of content: ContentIdentity, for binding: RunBinding
    ) async throws(DeliveryError) -> [ContentDelivery] {
        ledger.deliveries.filter { $0.content.hash == content.hash && $0.api == binding.api }.map(\.delivery)
            .sorted { $0.run > $1.run }
    }

    public func storedRecords(
        of run: RunID, from position: Int, limit: Int
    ) async throws(DeliveryError) -> [StoredRecord] {
        let stored = ledger.runs[run]?.stored.filter { $0.key >= position }.sorted { $0.key < $1.key } ?? []
        return stored.prefix(limit).map(\.value)
    }

    public func storedRecordCount(of run: RunID) async throws(DeliveryError) -> Int {
        ledger.runs[run]?.stored.count ?? 0
    }

    public func clearDeliveredRecords() async throws(DeliveryError) {
        try write { ledger in
            for (id, run) in ledger.runs where !run.isOpen { ledger.runs[id]?.stored = [:] }
        }
    }

    // MARK: Keys

    public func idempotencyKey(
        _ key: String, keptSince oldest: Date
    ) async throws(DeliveryError) -> IdempotencyRow? { ledger.key(key, keptSince: oldest) }

    // MARK: Retention

    public func forgettableRuns(
        _ rule: RetentionRule, limit: Int
    ) async throws(DeliveryError) -> [ForgettableRun] { ledger.forgettable(rule, limit: limit) }

    public func forgetSomeRecords(of run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool {
        try write { $0.forgetSomeRecords(of: run, rule) }
    }

    public func forgetRun(_ run: RunID, _ rule: RetentionRule) async throws(DeliveryError) -> Bool {
        try write { $0.forgetRun(run, rule) }
    }

    public func forgetSomeKeys(answeredBefore oldest: Date) async throws(DeliveryError) -> Bool {
        try write { $0.forgetSomeKeys(answeredBefore: oldest) }
    }

    public func giveBackSomeSpace() async throws(DeliveryError) -> Bool { false }
}
