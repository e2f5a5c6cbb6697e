import DeliveryModel
import DeliveryStore
import Foundation
import HTTPListener

/// The listener's idempotency keys, kept in the journal.
struct JournalIdempotencyStore: IdempotencyStore {
    let journal: any IdempotencyArchive
    private static let lifetime = 24.0 * 3600

    func claim(_ key: String, digest: RequestDigest, at time: Date) async throws -> IdempotencyClaim {
        let kept = try await journal.claimIdempotencyKey(
            key, digest: digest.bytes, at: time, keptSince: time.addingTimeInterval(-Self.lifetime))
        guard let kept else { return .granted }
        guard kept.digest == digest.bytes else { return .mismatch }
        guard let status = kept.status else { return .unanswered(run: kept.run) }
        return .answered(StoredAnswer(status: status, body: kept.answer, run: kept.run))
    }

    func find(_ key: String) async throws -> IdempotencyClaim {
        guard let kept = try await journal.idempotencyKey(key) else { return .granted }
        guard let status = kept.status else { return .unanswered(run: kept.run) }
        return .answered(StoredAnswer(status: status, body: kept.answer, run: kept.run))
    }

    func complete(_ key: String, with answer: StoredAnswer) async throws {
        try await journal.completeIdempotencyKey(key, status: answer.status, answer: answer.body, run: answer.run)
    }

    func release(_ key: String) async throws {
        try await journal.releaseIdempotencyKey(key)
    }
}

/// Whether the journal can be written, for `/ready`.
struct JournalReadiness: ReadinessProbe {
    let journal: any CommitLog
    let freeSpace: FreeSpace

    func journalFault() async -> String? {
        do throws(DeliveryError) {
            try await journal.checkWritable()
            try freeSpace.check()
            return nil
        } catch {
            return error.message
        }
    }
}

/// Sums over all runs of the state directory, for `/metrics`.
struct JournalTotalsSource: DeliveryTotalsSource {
    let journal: any RunHistory
    let service: any DeliveryService

    func totals() async -> DeliveryTotals {
        guard let sums = try? await journal.totals() else { return DeliveryTotals(service.snapshot()) }
        return DeliveryTotals(
            counts: sums.counts, possibleDuplicates: sums.possibleDuplicates, requests: sums.requests,
            retries: sums.retries, statuses: sums.statuses, runs: sums.runs)
    }
}
