import DeliveryModel
import DeliveryStore
import Foundation
import HTTPListener
import Synchronization

/// The listener's idempotency keys, kept in the journal.
struct JournalIdempotencyStore: IdempotencyStore {
    let journal: any IdempotencyArchive & CommitLog

    func find(_ key: String) async throws -> StoredKey? {
        var kept = try await kept(key)
        if kept?.outcome == .pending {
            // Clients are told of an outcome before it is in the journal: what is on its way there counts.
            try await journal.commit([])
            kept = try await self.kept(key)
        }
        return kept.map { kept in
            StoredKey(
                digest: RequestDigest(bytes: kept.digest), run: kept.run, outcome: kept.outcome,
                answer: kept.status.map { StoredAnswer(status: $0, body: kept.answer, run: kept.run) })
        }
    }

    private func kept(_ key: String) async throws -> IdempotencyRow? {
        try await journal.idempotencyKey(
            key, keptSince: Date().addingTimeInterval(-RetentionPolicy.keySeconds))
    }

    func keep(_ claim: KeyClaim, _ answer: StoredAnswer) async throws {
        try await journal.commit([.answer(claim, status: answer.status, answer.body, run: answer.run)])
    }
}

/// Whether the journal can be written, for `/ready`. However often that is asked, the disk is tried once in a while.
final class JournalReadiness: ReadinessProbe {
    private let journal: any CommitLog
    private let freeSpace: FreeSpace
    private let known = Mutex<(at: ContinuousClock.Instant, isWritable: Bool)?>(nil)
    /// How long it counts that the journal could be written, and that it could not.
    private static let patience = (whole: Duration.seconds(10), broken: Duration.seconds(1))

    init(journal: any CommitLog, freeSpace: FreeSpace) {
        self.journal = journal
        self.freeSpace = freeSpace
    }

    func intakeFault() async -> IntakeFault? {
        guard (try? freeSpace.check()) != nil else { return .disk }
        guard journal.absence == nil else { return .journal }
        return await isWritable ? nil : .journal
    }

    private var isWritable: Bool {
        get async {
            if let known = known.withLock({ $0 }),
                .now - known.at < (known.isWritable ? Self.patience.whole : Self.patience.broken)
            {
                return known.isWritable
            }
            let isWritable = (try? await journal.checkWritable()) != nil
            known.withLock { $0 = (.now, isWritable) }
            return isWritable
        }
    }
}

/// Sums over all runs of the state directory, for `/metrics`.
struct JournalTotalsSource: DeliveryTotalsSource {
    let journal: any RunHistory
    let engine: any SnapshotSource
    let freeSpace: FreeSpace
    let nodes: @Sendable () async -> NodeFigures?

    func totals() async -> DeliveryTotals {
        var totals = DeliveryTotals(engine.snapshot())
        if let sums = try? await journal.totals() {
            totals = DeliveryTotals(
                counts: sums.counts, possibleDuplicates: sums.possibleDuplicates, requests: sums.requests,
                retries: sums.retries, statuses: sums.statuses, runs: sums.runs)
            totals.oldestPending = sums.oldestPending
        }
        totals.freeBytes = freeSpace.free
        totals.nodes = await nodes()
        return totals
    }
}
