import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport

@testable import CustomerRecords
@testable import DeliveryEngine

/// What survives a crash: the facts of commits that came to their end. No disk, no database.
///
/// Records are numbers here; a record's number is its cookie.
final class SimulatedStore {
    private(set) var ledger = MemoryLedger()
    /// Files' records by position; a negative one is rejected.
    private(set) var files: [RunID: [Int]] = [:]
    /// How many records a run without a file got, which a run that is done no longer holds.
    private var totals: [RunID: Int] = [:]
    /// The records of runs without a file, by position, also when the run no longer holds them.
    private var stored: [RunID: [Int: Int]] = [:]
    /// Records in intents, each as often as it was intended.
    private(set) var recordsIntended = 0
    /// Records that somebody was promised to be delivered.
    private(set) var accepted: Set<Int> = []
    /// Of the list of what was delivered, which some worlds keep.
    private var list: DeliveryList?
    /// Records of runs with that list whose acknowledgement is durable.
    private var delivered: Set<Int> = []
    /// Requests whose acknowledgement is durable.
    private var acknowledgedRequests: [RunID: Int] = [:]
    /// Which submission's commit carries which record.
    var arriving: [String: Int] = [:]

    var runs: [RunID: MemoryLedger.Run] { ledger.runs }

    static let binding = RunBinding(api: "simulated")

    static func new(_ source: RunSource, _ batchSize: Int, onlyNew: String? = nil) -> NewRun {
        let isFile =
            switch source {
            case .submissions, .retry: false
            default: true
            }
        return NewRun(
            source: source, location: isFile ? .file(path: "file") : .stored,
            options: ReaderOptions(batchSize: batchSize, onlyNew: onlyNew), startedAt: Date(timeIntervalSince1970: 0),
            binding: binding)
    }

    /// - Parameter onlyNew: the list that its delivered records enter.
    func create(_ source: RunSource, batchSize: Int, file: [Int] = [], onlyNew: String? = nil) -> RunID {
        let id = ledger.create(Self.new(source, batchSize, onlyNew: onlyNew))
        if let onlyNew { list = ledger.deliveryList(onlyNew, for: Self.binding.api, begunBy: .current) }
        files[id] = file
        accepted.formUnion(file.filter { $0 >= 0 })
        return id
    }

    var isEverythingDone: Bool { ledger.runs.values.allSatisfy { !$0.isOpen } }

    var openStory: String {
        runs.values.filter(\.isOpen).sorted { $0.id < $1.id }.map { "run \($0.id) is \($0.state)" }
            .joined(separator: ", ")
    }

    /// Records that stand among the failures.
    var listed: Set<Int> { Set(ledger.failures.values.filter(\.isOpen).compactMap { Int($0.record.cookie) }) }

    /// However a process ends, its successor knows of each request of which it knows what came of it.
    var requestFault: String? {
        for (run, count) in acknowledgedRequests.sorted(by: { $0.key < $1.key }) {
            guard let known = runs[run]?.progress.requests, known < count else { continue }
            return "run \(run) has \(known) requests for the journal, and \(count) of them were acknowledged"
        }
        return nil
    }

    // MARK: Lists

    /// What its records are in the list of its run; `nil` when that has none.
    func deliveryKeys(_ id: RunID, from start: Int, to end: Int) -> DeliveryKeys? {
        guard let list, let run = runs[id], run.new.options.onlyNew != nil else { return nil }
        let identities = identities(run, from: start, to: end)
        return DeliveryKeys(list: list.id, keys: identities.map(Self.key))
    }

    private static func key(_ identity: Int) -> DeliveryKey { DeliveryKey(high: UInt64(identity), low: 0) }

    /// A list has what was acknowledged under it, after each commit; nothing else, and nothing less.
    var listFault: String? {
        guard let list, let keys = ledger.lists[list.id]?.keys, keys.count != delivered.count else { return nil }
        return "\(delivered.count) records were delivered under a list, and it has \(keys.count)"
    }

    // MARK: Operations

    func apply(_ operation: JournalOperation) {
        switch operation {
        case .plan(_, let row, _, _, _, _):
            recordsIntended += row.records
            commit(operation)
        case .sendPart(_, _, let records):
            recordsIntended += records.count
            commit(operation)
        case .fail(let run, let sequence, let records, let isWhole, var failures):
            // Every batch of the simulation holds the same template; here each failure gets its record.
            for (index, identity) in zip(failures.indices, identities(run, sequence, records)) {
                failures[index].fields.cookie = String(identity)
            }
            commit(.fail(run, sequence: sequence, records: records, isWhole: isWhole, failures: failures))
        case .acknowledge(let run, let sequence, let records, _, _):
            acknowledgedRequests[run, default: 0] += 1
            if runs[run]?.new.options.onlyNew != nil { delivered.formUnion(identities(run, sequence, records)) }
            commit(operation)
        case .store(let run, let position, let record, _):
            if let identity = Int(record.fields.cookie) { accepted.insert(identity) }
            commit(operation)
            if let identity = Int(record.fields.cookie) { stored[run, default: [:]][position] = identity }
            totals[run] = max(totals[run, default: 0], position + 1)
        default: commit(operation)
        }
    }

    private func commit(_ operation: JournalOperation) {
        do throws(DeliveryError) {
            try ledger.apply(operation)
        } catch {
            preconditionFailure(error.message)
        }
    }

    /// The records of a stretch of a batch, whether or not the journal knows the batch.
    func identities(_ id: RunID, from start: Int, to end: Int, _ records: Range<Int>) -> [Int] {
        if let stored = stored[id] {
            let all = (start..<end).compactMap { stored[$0] }
            return records.compactMap { $0 < all.count ? all[$0] : nil }
        }
        let file = files[id, default: []]
        let all = file[start..<min(end, file.count)].filter { $0 >= 0 }
        return records.compactMap { $0 < all.count ? all[$0] : nil }
    }

    /// The records of a stretch of a batch.
    func identities(_ id: RunID, _ sequence: Int, _ records: Range<Int>) -> [Int] {
        guard let run = runs[id], let batch = run.batches[sequence] else { return [] }
        let all = identities(run, from: batch.start.offset, to: batch.end.offset)
        return records.compactMap { $0 < all.count ? all[$0] : nil }
    }

    /// The valid records of a stretch of what a run sends.
    private func identities(_ run: MemoryLedger.Run, from start: Int, to end: Int) -> [Int] {
        if run.isStored { return (start..<end).compactMap { run.stored[$0].flatMap { Int($0.fields.cookie) } } }
        let file = files[run.id, default: []]
        return file[start..<min(end, file.count)].filter { $0 >= 0 }
    }

    // MARK: Discarding

    /// What ends a run for good, commit by commit: what was read of it is listed as failed.
    func discard(_ id: RunID) -> [[JournalOperation]]? {
        guard let (opened, open) = reopen(id), let run = runs[id] else { return nil }
        var commits = open.map { row in fail(row, of: id) }
        if run.isStored, case let rest = run.stored.count(where: { $0.key >= opened.position }), rest > 0 {
            let end = SourcePosition(offset: opened.position + rest, line: 1)
            let row = BatchRow(
                sequence: opened.nextSequence, state: .planned, start: SourcePosition(offset: opened.position, line: 1),
                end: end, checksum: 0, records: rest, tally: RecordTally())
            commits += [[.plan(id, row, rejects: [], rejectsBytes: 0)], fail(row, of: id)]
        }
        // What was not read is told to the operator and not listed.
        accepted.subtract(files[id, default: []].dropFirst(run.isStored ? .max : opened.position))
        commits.append([
            .standingOrder(id, .discarded),
            .state(id, .stopped(reason: "discarded"), endedAt: Date(timeIntervalSince1970: 1)),
        ])
        return commits
    }

    private func fail(_ row: BatchRow, of id: RunID) -> [JournalOperation] {
        let parts = row.parts.isEmpty ? [0..<row.records] : row.parts.map(\.records)
        return parts.map { records in
            let failures = records.map { line in
                NewFailure(
                    line: line, kind: .retryable, status: "discarded", message: "not sent",
                    fields: RecordFields(name: "Jane", age: "30", cookie: "", bannerID: "1"))
            }
            return .fail(
                id, sequence: row.sequence, records: records, isWhole: row.parts.isEmpty, failures: failures)
        }
    }

    // MARK: Resuming and retrying

    func countInDoubt(_ id: RunID) -> Int { ledger.countInDoubt(id) }

    /// As a journal would that loses count: what is under way is planned again, and in no doubt.
    func forgetWhatIsSending(_ id: RunID) {
        let (possible, inDoubt) = (runs[id]?.possibleDuplicates ?? 0, runs[id]?.recordsInDoubt ?? 0)
        let batches = runs[id]?.batches ?? [:]
        _ = ledger.countInDoubt(id)
        ledger.runs[id]?.possibleDuplicates = possible
        ledger.runs[id]?.recordsInDoubt = inDoubt
        for (sequence, batch) in batches {
            ledger.runs[id]?.batches[sequence]?.isInDoubt = batch.isInDoubt
            for (first, part) in batch.parts {
                ledger.runs[id]?.batches[sequence]?.parts[first]?.isInDoubt = part.isInDoubt
            }
        }
    }

    func counts(_ run: MemoryLedger.Run) -> RunCounts { ledger.counts(of: run) }
    func summary(_ run: MemoryLedger.Run) -> RunSummary { ledger.summary(of: run) }
    func total(_ run: MemoryLedger.Run) -> Int { (run.isStored ? totals[run.id] : files[run.id]?.count) ?? 0 }

    /// Opens a run of single records that is done for more of them.
    func extend(_ id: RunID) -> OpenedRun? {
        guard let run = (try? ledger.extend(id, by: .current, for: Self.binding)) ?? nil else { return nil }
        return OpenedRun(run, total: runs[id].map(total))
    }

    /// Takes over what was in flight as in doubt.
    func reopen(_ id: RunID, by owner: RunOwner = .current) -> (opened: OpenedRun, open: [BatchRow])? {
        guard let run = (try? ledger.reopen(id, by: owner, for: Self.binding)) ?? nil else { return nil }
        return (OpenedRun(run, total: runs[id].map(total)), run.openBatches)
    }

    func createRetry(of id: RunID, onlyOne: Bool) -> (run: RunID, records: Int)? {
        guard let run = runs[id] else { return nil }
        // What it delivers enters the list, too.
        let new = Self.new(.retry(of: id), run.new.options.batchSize, onlyNew: run.new.options.onlyNew)
        var selection = FailureSelection.matching(FailureQuery())
        if onlyOne {
            let open = ledger.failures.values.filter { failure in
                failure.isOpen && failure.record.run == id && failure.record.retryingIn == nil
            }
            selection = .records(open.map(\.record.id).min().map { [$0] } ?? [])
        }
        guard let retry = (try? ledger.createRetry(new, of: selection, in: id)) ?? nil else {
            return nil
        }
        remember(retry.run)
        return retry
    }

    /// Sends one failure of a run again with another name.
    func createResend(of id: RunID) -> RunID? {
        guard let run = runs[id] else { return nil }
        let open = ledger.failures.values.filter { failure in
            failure.isOpen && failure.record.run == id && failure.record.retryingIn == nil
        }
        guard let record = open.map(\.record).min(by: { $0.id < $1.id }) else { return nil }
        var fields = record.fields
        fields.name = "Joan"
        let new = Self.new(.retry(of: id), run.new.options.batchSize, onlyNew: run.new.options.onlyNew)
        guard let resend = try? ledger.createResend(new, of: record.id, as: fields) else { return nil }
        remember(resend)
        return resend
    }

    private func remember(_ run: RunID) {
        let records = runs[run]?.stored ?? [:]
        stored[run] = records.compactMapValues { Int($0.fields.cookie) }
        totals[run] = records.count
    }

    // MARK: Losing

    /// As it was, for a standby that takes over without the newest commits.
    struct Copy {
        fileprivate var ledger: MemoryLedger
        fileprivate var totals: [RunID: Int]
    }

    var copy: Copy { Copy(ledger: ledger, totals: totals) }

    func fallBack(to copy: Copy) {
        ledger.fallBack(to: copy.ledger)
        totals = copy.totals
    }

    /// Whether a client's key leads to what it asked for.
    func holds(_ key: String) -> Bool { ledger.key(key, keptSince: .distantPast) != nil }

    /// What became of the single record that was submitted under a key.
    func outcome(_ key: String) -> SubmissionOutcome? { ledger.key(key, keptSince: .distantPast)?.outcome }

    /// What is wrong with the records that an API has, when everything has come to its end; `nil` when nothing is.
    func fault(with api: SimulatedAPI) -> String? {
        let listed = listed
        for identity in accepted.sorted() where api.applied[identity] == nil && !listed.contains(identity) {
            return "record \(identity) was accepted, and is neither applied nor listed as failed"
        }
        let extra = api.applied.values.reduce(0) { $0 + max(0, $1 - 1) }
        let counted = runs.values.reduce(0) { $0 + $1.possibleDuplicates }
        if extra > counted { return "\(extra) records arrived again, \(counted) are counted" }
        let doubtful = api.applied.values.count { $0 > 1 }
        let inDoubt = runs.values.reduce(0) { $0 + $1.recordsInDoubt }
        if doubtful > inDoubt { return "\(doubtful) records arrived more than once, \(inDoubt) are in doubt" }
        return nil
    }
}
