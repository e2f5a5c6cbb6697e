import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation

@testable import DeliveryEngine

/// What survives a crash: the facts of commits that came to their end. No disk, no database.
final class SimulatedStore {
    struct Batch {
        var records: Int
        var start: Int
        var end: Int
        var state: BatchState
        var isInDoubt = false
        var parts: [Int: Part] = [:]
        var sent = 0
        var failed = 0
        var rejected = 0
    }

    struct Part {
        var count: Int
        var state: BatchState
        var isInDoubt: Bool
    }

    struct Failure {
        var identity: Int
        var isRetryable: Bool
        var claimedBy: RunID?
        var isRecovered = false
    }

    struct Run {
        var id: RunID
        var source: RunSource
        var state: RunState
        var batchSize: Int
        /// A file's records by position; a negative one is rejected.
        var file: [Int] = []
        /// Stored records by position, for single submissions and retries.
        var stored: [Int: Int] = [:]
        var batches: [Int: Batch] = [:]
        var nextSequence = 0
        var readPosition = 0
        var sent = 0
        var failed = 0
        var rejected = 0
        var possibleDuplicates = 0
        var recordsInDoubt = 0
        var hold: OperatorHold?
        var waitsUntil: Date?
        var failures: [Failure] = []
        var isOpen: Bool { state != .done }

        var isStored: Bool {
            switch source {
            case .submissions, .retry: true
            default: false
            }
        }

        /// The records of a stretch of its source that are sent.
        func identities(_ start: Int, _ end: Int) -> [Int] {
            isStored
                ? (start..<end).compactMap { stored[$0] } : file[start..<min(end, file.count)].filter { $0 >= 0 }
        }
    }

    var runs: [RunID: Run] = [:]
    /// Records in intents, each as often as it was intended.
    private(set) var recordsIntended = 0
    /// Records that somebody was promised to be delivered.
    var accepted: Set<Int> = []
    private var lastRun: Int64 = 0
    /// Which submission's commit carries which record.
    var arriving: [String: Int] = [:]

    func create(_ source: RunSource, batchSize: Int, file: [Int] = [], stored: [Int] = []) -> RunID {
        lastRun += 1
        let id = RunID(rawValue: lastRun)
        var run = Run(id: id, source: source, state: .preparing, batchSize: batchSize, file: file)
        for (position, identity) in stored.enumerated() { run.stored[position] = identity }
        runs[id] = run
        accepted.formUnion(file.filter { $0 >= 0 })
        return id
    }

    var isEverythingDone: Bool { runs.values.allSatisfy { !$0.isOpen } }

    var openStory: String {
        runs.values.filter(\.isOpen).sorted { $0.id < $1.id }.map { "run \($0.id) is \($0.state)" }
            .joined(separator: ", ")
    }

    // MARK: Operations

    func apply(_ operation: JournalOperation) {
        switch operation {
        case .plan(let run, let row, _, _, _, _): plan(run, row)
        case .sendPart(let run, let sequence, let records):
            recordsIntended += records.count
            runs[run]?.batches[sequence]?.parts[records.lowerBound]?.state = .sending
        case .acknowledge(let run, let sequence, let records, let isWhole):
            settle(run, sequence, records, isWhole, sent: records.count, failed: 0)
        case .recover(let run, let sequence, let records): recover(run, sequence, records)
        case .fail(let run, let sequence, let records, let isWhole, let failures):
            fail(run, sequence, records, failures)
            settle(run, sequence, records, isWhole, sent: 0, failed: records.count)
        case .split(let run, let sequence, let records, let isWhole, let middle):
            split(run, sequence, records, isWhole, middle)
        case .mayHaveBeenApplied(let run, let sequence, let records, let isWhole):
            doubt(run, sequence, records, isWhole)
        case .withdraw(let run, let sequence, let records, let isWhole):
            if isWhole {
                runs[run]?.batches[sequence]?.state = .planned
            } else {
                runs[run]?.batches[sequence]?.parts[records.lowerBound]?.state = .planned
            }
        case .fold(let run, let before): fold(run, before)
        case .state(let run, let state, _):
            runs[run]?.state = state
            if state == .done { release(run) }
        case .store(let run, let position, let record, _):
            guard let identity = Int(record.fields.cookie) else { return }
            runs[run]?.stored[position] = identity
            accepted.insert(identity)
        case .hold(let run, let hold): runs[run]?.hold = hold
        case .wait(let run, let until): runs[run]?.waitsUntil = until
        case .progress, .unsentFile, .notices, .identify, .answer: break
        }
    }

    private func split(_ id: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool, _ middle: Int) {
        guard var batch = runs[id]?.batches[sequence] else { return }
        let isInDoubt =
            isWhole ? batch.isInDoubt : batch.parts.removeValue(forKey: records.lowerBound)?.isInDoubt ?? false
        for part in [records.lowerBound..<middle, middle..<records.upperBound] {
            batch.parts[part.lowerBound] = Part(count: part.count, state: .sending, isInDoubt: isInDoubt)
        }
        runs[id]?.batches[sequence] = batch
    }

    private func doubt(_ id: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool) {
        guard var batch = runs[id]?.batches[sequence] else { return }
        let wasInDoubt = isWhole ? batch.isInDoubt : batch.parts[records.lowerBound]?.isInDoubt ?? false
        if isWhole {
            batch.isInDoubt = true
        } else {
            batch.parts[records.lowerBound]?.isInDoubt = true
        }
        runs[id]?.batches[sequence] = batch
        runs[id]?.possibleDuplicates += records.count
        if !wasInDoubt { runs[id]?.recordsInDoubt += records.count }
    }

    private func plan(_ id: RunID, _ row: BatchRow) {
        recordsIntended += row.records
        if runs[id]?.batches[row.sequence] != nil {
            runs[id]?.batches[row.sequence]?.state = row.state
            return
        }
        runs[id]?.batches[row.sequence] = Batch(
            records: row.records, start: row.start.offset, end: row.end.offset, state: row.state,
            rejected: row.tally.rejected)
        guard let known = runs[id] else { return }
        runs[id]?.nextSequence = max(known.nextSequence, row.sequence + 1)
        runs[id]?.readPosition = max(known.readPosition, row.end.offset)
    }

    private func settle(_ id: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool, sent: Int, failed: Int) {
        if !isWhole { runs[id]?.batches[sequence]?.parts[records.lowerBound] = nil }
        runs[id]?.batches[sequence]?.sent += sent
        runs[id]?.batches[sequence]?.failed += failed
        if let batch = runs[id]?.batches[sequence], batch.sent + batch.failed >= batch.records {
            runs[id]?.batches[sequence]?.state = .settled
        }
    }

    func identities(_ id: RunID, _ sequence: Int, _ records: Range<Int>) -> [Int] {
        guard let run = runs[id], let batch = run.batches[sequence] else { return [] }
        let all = run.identities(batch.start, batch.end)
        return records.map { all[$0] }
    }

    private func fail(_ id: RunID, _ sequence: Int, _ records: Range<Int>, _ failures: [NewFailure]) {
        for (identity, failure) in zip(identities(id, sequence, records), failures) {
            runs[id]?.failures.append(Failure(identity: identity, isRetryable: failure.kind == .retryable))
        }
    }

    private func recover(_ id: RunID, _ sequence: Int, _ records: Range<Int>) {
        let identities = Set(identities(id, sequence, records))
        for run in runs.keys {
            for index in runs[run]!.failures.indices where identities.contains(runs[run]!.failures[index].identity) {
                runs[run]!.failures[index].isRecovered = true
            }
        }
    }

    private func fold(_ id: RunID, _ before: Int) {
        guard var run = runs[id] else { return }
        for (sequence, batch) in run.batches where sequence < before {
            run.sent += batch.sent
            run.failed += batch.failed
            run.rejected += batch.rejected
            run.batches[sequence] = nil
        }
        runs[id] = run
    }

    private func release(_ id: RunID) {
        for run in runs.keys {
            for index in runs[run]!.failures.indices where runs[run]!.failures[index].claimedBy == id {
                runs[run]!.failures[index].claimedBy = nil
            }
        }
    }

    // MARK: Resuming and retrying

    func counts(_ run: Run) -> RunCounts {
        var counts = RunCounts(rejected: run.rejected, sent: run.sent, failed: run.failed)
        for batch in run.batches.values {
            counts.rejected += batch.rejected
            counts.sent += batch.sent
            counts.failed += batch.failed
            counts.pending += batch.records - batch.sent - batch.failed
        }
        if run.isStored { counts.pending += run.stored.keys.count { $0 >= run.readPosition } }
        return counts
    }

    func summary(_ run: Run) -> RunSummary {
        RunSummary(
            id: run.id, source: run.source, state: run.state, counts: counts(run),
            possibleDuplicates: run.possibleDuplicates, recordsInDoubt: run.recordsInDoubt,
            startedAt: Date(timeIntervalSince1970: 0))
    }

    /// Opens a run of single records that is done for more of them.
    func extend(_ id: RunID) -> OpenedRun? {
        guard runs[id]?.source == .submissions, runs[id]?.state == .done, runs[id]?.hold == nil else { return nil }
        runs[id]?.state = .running
        return reopen(id)?.opened
    }

    /// Takes over what was in flight as in doubt.
    func reopen(_ id: RunID) -> (opened: OpenedRun, open: [BatchRow])? {
        guard var run = runs[id], run.isOpen else { return nil }
        var inDoubt = 0
        var rows: [BatchRow] = []
        for (sequence, batch) in run.batches.sorted(by: { $0.key < $1.key }) where batch.state != .settled {
            var batch = batch
            if batch.parts.isEmpty {
                if batch.state == .sending {
                    inDoubt += batch.records
                    if !batch.isInDoubt { run.recordsInDoubt += batch.records }
                    batch.isInDoubt = true
                }
            } else {
                for (first, part) in batch.parts where part.state == .sending {
                    inDoubt += part.count
                    if !part.isInDoubt { run.recordsInDoubt += part.count }
                    batch.parts[first] = Part(count: part.count, state: .planned, isInDoubt: true)
                }
            }
            batch.state = .planned
            run.batches[sequence] = batch
            rows.append(
                BatchRow(
                    sequence: sequence, state: .planned, start: SourcePosition(offset: batch.start, line: 1),
                    end: SourcePosition(offset: batch.end, line: 1), checksum: 0, records: batch.records,
                    tally: RecordTally(),
                    parts: batch.parts.sorted { $0.key < $1.key }.map {
                        PartRow(
                            records: $0.key..<$0.key + $0.value.count, state: .planned, isInDoubt: $0.value.isInDoubt)
                    }, isInDoubt: batch.isInDoubt))
        }
        run.possibleDuplicates += inDoubt
        runs[id] = run
        let total = run.isStored ? run.stored.count : run.file.count
        var opened = OpenedRun(id, Self.new(run.source, run.batchSize), total: total)
        opened.summary = summary(run)
        opened.openBatches = rows
        opened.waitsUntil = run.waitsUntil
        opened.nextSequence = run.nextSequence
        opened.position = run.readPosition
        opened.recordsInDoubt = inDoubt
        return (opened, rows)
    }

    static func new(_ source: RunSource, _ batchSize: Int) -> NewRun {
        NewRun(
            source: source, options: ReaderOptions(batchSize: batchSize), startedAt: Date(timeIntervalSince1970: 0),
            binding: RunBinding(api: "simulated"))
    }

    func createRetry(of id: RunID, onlyOne: Bool) -> (run: RunID, records: Int)? {
        guard let run = runs[id] else { return nil }
        let chosen = run.failures.indices.filter {
            !run.failures[$0].isRecovered && run.failures[$0].claimedBy == nil
        }
        var identities = Array(Set(chosen.map { run.failures[$0].identity })).sorted()
        if onlyOne { identities = Array(identities.prefix(1)) }
        guard !identities.isEmpty else { return nil }
        let retry = create(.retry(of: id), batchSize: run.batchSize, stored: identities)
        for other in runs.keys {
            for index in runs[other]!.failures.indices where identities.contains(runs[other]!.failures[index].identity)
            { runs[other]!.failures[index].claimedBy = retry }
        }
        return (retry, identities.count)
    }
}
