import CustomerRecords
import DeliveryModel
public import DeliveryStore
public import Foundation

extension MemoryLedger {
    /// Notes what a key led to.
    mutating func keep(_ claim: KeyClaim, run: RunID, position: Int?) {
        keys[claim.key] = Key(digest: claim.digest, run: run, position: position, created: Date())
    }

    public func key(_ name: String, keptSince oldest: Date) -> IdempotencyRow? {
        guard let key = keys[name] else { return nil }
        let run = key.run.flatMap { runs[$0] }
        let isKept =
            if key.run == nil {
                key.created >= oldest && key.status != nil
            } else {
                run.map { $0.isOpen || $0.endedAt.map { $0 >= oldest } == true } ?? false
            }
        guard isKept else { return nil }
        return IdempotencyRow(
            digest: key.digest, run: key.run,
            outcome: key.position.flatMap { position in run.map { outcome($0, position) } },
            status: key.status, answer: key.answer)
    }

    /// What became of a single record.
    private func outcome(_ run: Run, _ position: Int) -> SubmissionOutcome {
        guard isSettled(run, position) else { return .pending }
        let failure = failuresOf[run.id, default: []].compactMap { failures[$0] }.first { failure in
            failure.record.run == run.id && failure.record.line == position + 1 && failure.record.kind != .rejected
        }
        return failure.map { .failed($0.record.message) } ?? .sent
    }

    private func isSettled(_ run: Run, _ position: Int) -> Bool {
        if position < run.watermark.offset { return true }
        guard let batch = run.batches.values.first(where: { ($0.start.offset..<$0.end.offset).contains(position) })
        else { return false }
        if batch.state == .settled { return true }
        // Of a batch that was split, those parts are there that have no end yet.
        let index = position - batch.start.offset
        return !batch.parts.isEmpty
            && !batch.parts.contains { ($0.key..<$0.key + $0.value.count).contains(index) }
    }
}
