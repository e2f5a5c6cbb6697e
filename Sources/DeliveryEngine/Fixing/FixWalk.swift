import CustomerRecords
import DeliveryModel
import DeliveryStore

/// Walks over the records that a bulk fix selects and says what the change makes of each, a part at a time.
///
/// First come those that the store holds, then, where a run rejected more than that, the rest of them.
struct FixWalk: ~Copyable {
    struct Candidate: Sendable {
        var run: RunID
        var record: FixedRecord
        var old: RecordFields
        /// Why it would still not be sent.
        var reason: ReasonCode?
    }

    struct Part: Sendable {
        /// Records that were looked at.
        var selected = 0
        var changed: [Candidate] = []
    }

    private let fix: BulkFix
    private let journal: any DurableStore
    private let binding: RunBinding
    private var options: [RunID: ReaderOptions] = [:]
    /// Whether runs belong to the API that is used now: the records of others are left alone.
    private var belongs: [RunID: Bool] = [:]
    /// Ids that are still to be looked up, in reverse.
    private var ids: [Int64] = []
    private var last: Int64?
    private var isStoreDone = false
    /// `nil` where only what the store holds is selected.
    private var beyond: RejectedBeyondStore?

    private static let part = 1000

    init(
        _ fix: BulkFix, journal: any DurableStore, directory: StateDirectory, binding: RunBinding
    ) async throws(DeliveryError) {
        self.fix = fix
        self.journal = journal
        self.binding = binding
        switch fix.selection {
        case .records(let records): ids = records.reversed()
        case .matching(let query, _):
            beyond = try await RejectedBeyondStore(query, journal: journal, directory: directory)
        }
    }

    /// The next records; `nil` when all were looked at.
    mutating func next() async throws(DeliveryError) -> Part? {
        if let part = try await nextStored() { return part }
        return try await nextOfFiles()
    }

    private mutating func nextStored() async throws(DeliveryError) -> Part? {
        guard !isStoreDone else { return nil }
        let records: [FailedRecord]
        switch fix.selection {
        case .records:
            let wanted = Array(ids.suffix(Self.part).reversed())
            ids.removeLast(wanted.count)
            isStoreDone = ids.isEmpty
            records = wanted.isEmpty ? [] : try await journal.failures(ids: wanted)
        case .matching(var query, let except):
            query.sort = .line
            query.ascending = true
            let page = try await journal.failures(query, after: last, limit: Self.part)
            last = page.last?.id
            isStoreDone = page.count < Self.part
            records = page.filter { !except.contains($0.id) }
        }
        var part = Part()
        for record in records where record.retryingIn == nil {
            guard try await belongs(record.run) else { continue }
            part.selected += 1
            // Its fields may be others than they look: only what was read is known of it.
            if record.kind == .rejected, record.reason == .malformed { continue }
            try await add(.failure(record.id), record.run, line: record.line, record.fields, to: &part)
        }
        return part
    }

    private mutating func nextOfFiles() async throws(DeliveryError) -> Part? {
        guard let rejected = try await beyond?.next() else { return nil }
        var part = Part()
        guard try await belongs(rejected.run) else { return part }
        for failure in rejected.failures {
            part.selected += 1
            if failure.reason == .malformed { continue }
            try await add(.rejected(failure), rejected.run, line: failure.line, failure.fields, to: &part)
        }
        return part
    }

    private mutating func add(
        _ origin: FixedRecord.Origin, _ run: RunID, line: Int, _ old: RecordFields, to part: inout Part
    ) async throws(DeliveryError) {
        let new = fix.change.applied(to: old)
        guard new != old else { return }
        let options = try await options(of: run)
        let checked = Validation.check(new, rules: options.rules, filter: options.filter)
        var reason: ReasonCode?
        if case .failure(let fault) = checked { reason = fault }
        part.changed.append(
            Candidate(run: run, record: FixedRecord(origin, line: line, fields: new), old: old, reason: reason))
    }

    private mutating func belongs(_ run: RunID) async throws(DeliveryError) -> Bool {
        if let known = belongs[run] { return known }
        let found = try await journal.run(run)?.binding.obstacle(to: binding, for: run) == nil
        belongs[run] = found
        return found
    }

    private mutating func options(of run: RunID) async throws(DeliveryError) -> ReaderOptions {
        if let known = options[run] { return known }
        let found = try await journal.options(of: run) ?? ReaderOptions()
        options[run] = found
        return found
    }
}
