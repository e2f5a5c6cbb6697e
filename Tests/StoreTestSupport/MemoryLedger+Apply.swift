import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

extension MemoryLedger {
    /// - Throws: when there is no such run.
    public mutating func apply(_ operation: JournalOperation) throws(DeliveryError) {
        switch operation {
        case .plan(let run, let row, let rejects, let rejectsBytes, let notices, let read):
            plan(run, row, rejects, rejectsBytes)
            // Batches are not planned in their order: what reaches furthest stays.
            if let read, runs[run]?.content?.length ?? 0 < read.length { runs[run]?.content = read }
            if let notices { runs[run]?.notices = notices }
        case .sendPart(let run, let sequence, let records):
            runs[run]?.batches[sequence]?.parts[records.lowerBound]?.state = .sending
        case .acknowledge(let run, let sequence, let records, let isWhole, let date):
            let isNew = try settle(run, sequence, records, isWhole, sent: records.count, failed: 0)
            if isNew, let date, let api = runs[run]?.new.binding.api {
                sent[api, default: [:]][SentPeriod.number(of: date), default: 0] += records.count
            }
        case .deliver(let list, let keys): lists[list]?.keys.formUnion(keys)
        case .markRecovered(let run, let sequence, let records): recover(run, sequence, records)
        case .fail(let run, let sequence, let records, let isWhole, let failures):
            guard try settle(run, sequence, records, isWhole, sent: 0, failed: records.count) else { return }
            fail(run, roots(run, sequence, records), failures)
        case .split(let run, let sequence, let records, let isWhole, let middle):
            split(run, sequence, records, isWhole, middle)
        case .mayHaveBeenApplied(let run, let sequence, let records, let isWhole):
            doubt(run, sequence, records, isWhole)
        case .withdraw(let run, let sequence, let records, let isWhole):
            if !isWhole {
                runs[run]?.batches[sequence]?.parts[records.lowerBound]?.state = .planned
            } else if runs[run]?.batches[sequence]?.state != .settled {
                runs[run]?.batches[sequence]?.state = .planned
            }
        case .compact(let run, let sequence): fold(run, before: sequence)
        case .progress(let run, let progress): runs[run]?.progress = progress
        case .state(let run, let state, let endedAt): setState(run, state, endedAt)
        case .standingOrder(let run, let order):
            guard runs[run]?.standingOrder != .discarded else { return }
            runs[run]?.standingOrder = order
            if order == .discarded { runs[run]?.isOpen = false }
        case .wait(let run, let until): runs[run]?.waitsUntil = until
        case .identify(let run, let content): identify(run, content)
        case .unsentFile(let run, let path): runs[run]?.unsentFile = path
        case .store(let run, let position, let record, let claim):
            if runs[run]?.stored[position] == nil { runs[run]?.stored[position] = record }
            if let claim { keep(claim, run: run, position: position) }
        case .answer(let claim, let status, let answer, let run):
            let position = keys[claim.key]?.position
            keys[claim.key] = Key(
                digest: claim.digest, run: run, position: position, status: status, answer: answer, created: Date())
        case .audit(let entry): note(entry)
        }
    }

    private mutating func plan(_ id: RunID, _ row: BatchRow, _ rejects: [NewFailure], _ rejectsBytes: Int) {
        guard let run = runs[id], row.sequence >= run.firstSequence else { return }
        if let known = run.batches[row.sequence] {
            // It was planned before an interruption, and is about to be sent again.
            if known.state != .settled { runs[id]?.batches[row.sequence]?.state = row.state }
            return
        }
        runs[id]?.batches[row.sequence] = Batch(
            start: row.start, end: row.end, checksum: row.checksum, records: row.records, tally: row.tally,
            state: row.state)
        for reject in rejects { insert(reject, in: id) }
        if row.tally.rejected > 0 { runs[id]?.rejectsBytes = max(run.rejectsBytes, rejectsBytes) }
    }

    private mutating func split(
        _ id: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool, _ middle: Int
    ) {
        guard let batch = runs[id]?.batches[sequence], batch.state != .settled else { return }
        let isInDoubt: Bool
        if isWhole {
            guard batch.parts.isEmpty, batch.sent + batch.failed == 0 else { return }
            isInDoubt = batch.isInDoubt
        } else {
            guard let part = runs[id]?.batches[sequence]?.parts.removeValue(forKey: records.lowerBound) else { return }
            isInDoubt = part.isInDoubt
        }
        for part in [records.lowerBound..<middle, middle..<records.upperBound] {
            runs[id]?.batches[sequence]?.parts[part.lowerBound] = Part(
                count: part.count, state: .sending, isInDoubt: isInDoubt)
        }
    }

    private mutating func doubt(_ id: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool) {
        runs[id]?.possibleDuplicates += records.count
        guard let batch = runs[id]?.batches[sequence] else { return }
        if isWhole {
            if batch.isInDoubt { return }
            runs[id]?.batches[sequence]?.isInDoubt = true
        } else {
            guard batch.parts[records.lowerBound]?.isInDoubt == false else { return }
            runs[id]?.batches[sequence]?.parts[records.lowerBound]?.isInDoubt = true
        }
        runs[id]?.recordsInDoubt += records.count
    }

    /// - Returns: whether it was not settled before.
    private mutating func settle(
        _ id: RunID, _ sequence: Int, _ records: Range<Int>, _ isWhole: Bool, sent: Int, failed: Int
    ) throws(DeliveryError) -> Bool {
        guard runs[id] != nil else { throw Self.unknown(id) }
        if !isWhole, runs[id]?.batches[sequence]?.parts.removeValue(forKey: records.lowerBound) == nil { return false }
        guard let batch = runs[id]?.batches[sequence], batch.state != .settled else { return false }
        runs[id]?.batches[sequence]?.sent += sent
        runs[id]?.batches[sequence]?.failed += failed
        if batch.sent + batch.failed + sent + failed >= batch.records {
            runs[id]?.batches[sequence]?.state = .settled
        }
        return true
    }

    private mutating func fold(_ id: RunID, before sequence: Int) {
        guard var run = runs[id],
            let last = run.batches.filter({ $0.key < sequence }).max(by: { $0.key < $1.key })
        else { return }
        runs[id] = nil
        run.watermark = last.value.end
        run.firstSequence = sequence
        for (number, batch) in run.batches where number < sequence {
            run.sent += batch.sent
            run.failed += batch.failed
            for code in ReasonCode.allCases where batch.tally[code] > 0 {
                run.reasons[code, default: 0] += batch.tally[code]
            }
            run.batches[number] = nil
        }
        runs[id] = run
    }

    private mutating func setState(_ id: RunID, _ state: RunState, _ endedAt: Date?) {
        guard let run = runs[id] else { return }
        let isOpen = !state.isFinal && run.standingOrder != .discarded
        runs[id]?.state = state
        runs[id]?.isOpen = isOpen
        runs[id]?.endedAt = endedAt
        guard !isOpen else { return }
        for (failure, known) in failures where known.record.retryingIn == id {
            failures[failure]?.record.retryingIn = nil
        }
        clearStored(of: id, limit: 1000)
    }

    mutating func clearStored(of id: RunID, limit: Int) {
        guard let stored = runs[id]?.stored, let first = stored.keys.min() else { return }
        runs[id]?.stored = stored.filter { $0.key >= first + limit }
    }

    /// The simulated API does not count: what it got was not sent.
    private mutating func identify(_ id: RunID, _ content: ContentIdentity) {
        guard let run = runs[id] else { return }
        runs[id]?.content = content
        guard let api = run.new.binding.api, api != "sandbox",
            !deliveries.contains(where: { $0.delivery.run == id && $0.content.hash == content.hash })
        else { return }
        deliveries.append(
            Delivery(content: content, api: api, delivery: ContentDelivery(run: id, options: run.new.options)))
    }

    // MARK: Failures

    /// The failures that the records of a batch came from, in their order.
    private func roots(_ id: RunID, _ sequence: Int, _ records: Range<Int>) -> [Int64?] {
        guard let run = runs[id], let batch = run.batches[sequence], !run.stored.isEmpty else { return [] }
        return records.compactMap { run.stored[batch.start.offset + $0] }.map(\.root)
    }

    private mutating func fail(_ id: RunID, _ roots: [Int64?], _ new: [NewFailure]) {
        for (index, failure) in new.enumerated() {
            guard index < roots.count, let root = roots[index] else {
                insert(failure, in: id)
                continue
            }
            guard var known = failures[root], known.triedIn.insert(id).inserted else { continue }
            failuresOf[id, default: []].insert(root)
            if known.recoveredIn == nil {
                known.record.kind = failure.kind
                known.record.reason = nil
                known.record.status = failure.status
                known.record.message = failure.message
                known.record.attempts += failure.attempts
                known.record.tries += 1
                known.record.time = Date()
                known.record.fields = failure.fields
            }
            failures[root] = known
        }
    }

    private mutating func recover(_ id: RunID, _ sequence: Int, _ records: Range<Int>) {
        for case let root? in roots(id, sequence, records) {
            guard let failure = failures[root], failure.recoveredIn == nil else { continue }
            failures[root]?.recoveredIn = id
            failures[root]?.record.retryingIn = nil
            runs[failure.record.run]?.recovered += 1
            runs[failure.record.run]?.recoveredFailed += failure.wasRejected ? 0 : 1
            for retry in failure.triedIn {
                runs[retry]?.recovered += 1
                runs[retry]?.recoveredFailed += 1
            }
        }
    }
}
