public import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import SystemPackage

/// How runs come to their end in the journal, and who is told.
extension Engine {
    func finish(_ end: RunEnd) async {
        do throws(DeliveryError) {
            let summary = try await conclude(end)
            tell(.runEnded(end.run, summary))
        } catch {
            tell(.runEndFailed(end.run, end.summary, error))
        }
    }

    private func conclude(_ end: RunEnd) async throws(DeliveryError) -> RunSummary {
        if let fault = scheduler.journalFault { throw fault }
        var operations: [JournalOperation] = [.progress(end.run, end.progress)]
        if let sequence = end.compactBefore { operations.append(.compact(end.run, before: sequence)) }
        try await commits.commit(operations)
        RejectedFile.truncate(directory.rejected(of: end.run), to: end.rejectsBytes)
        // Single records arrive by the thousand, each batch of them a run of a moment.
        if end.source != .submissions { await keep(end.graph, of: end.run) }
        let unsent = try await writeUnsent(for: end)
        operations = [.unsentFile(end.run, unsent?.string), .state(end.run, end.final, endedAt: end.summary.endedAt)]
        try await commits.commit(operations)
        let summary = try await journal.run(end.run) ?? end.summary
        try await refreshOrigins(of: end)
        if end.final.isFinal {
            if end.ownsFile, let source = try await journal.source(of: end.run),
                let path = directory.path(of: source.location)
            {
                unlink(path)
            }
            if end.isStored { start { [self] in await clearDeliveredRecords() } }
        }
        return summary
    }

    /// The runs that a retry came from have fewer undelivered records now.
    private func refreshOrigins(of end: RunEnd) async throws(DeliveryError) {
        var source = end.summary.source
        var seen: Set<RunID> = [end.run]
        while case .retry(let id) = source, seen.insert(id).inserted, let origin = try await journal.run(id) {
            scheduler.refreshEnded(origin)
            source = origin.source
        }
    }

    /// What can't be removed now is removed when the next such run is done.
    private nonisolated func clearDeliveredRecords() async {
        do {
            try await journal.clearDeliveredRecords()
        } catch {
            if Task.isCancelled { return }
            logger.warning("delivered records stay in the journal for now: \(error.message)")
        }
    }

    // MARK: Waiting

    /// Waits for a run's end; `nil` when this process does not work on it, or when the waiting task is canceled.
    private func ended(_ id: RunID) async -> RunSummary? {
        guard scheduler.isActive(id) else { return scheduler.runs[id]?.ended }
        nextNumber += 1
        let waiter = nextNumber
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: nil)
                } else {
                    finishWaiters[id, default: [:]][waiter] = continuation
                }
            }
        } onCancel: {
            start { [self] in await stopWaiting(waiter, for: id) }
        }
    }

    private func stopWaiting(_ waiter: Int, for id: RunID) {
        finishWaiters[id]?.removeValue(forKey: waiter)?.resume(returning: nil)
    }

    func tellWaiters(_ run: RunID, _ summary: RunSummary?) {
        // A run of single records may be opened again: its end is told of when it can't be any more.
        if let summary, !summary.state.isActive, !scheduler.batcher.mayExtend(run) { endings.ended(summary) }
        for waiter in (finishWaiters.removeValue(forKey: run) ?? [:]).values { waiter.resume(returning: summary) }
    }

    func tellOfEnd(of run: RunID) async {
        if let summary = try? await journal.run(run) { endings.ended(summary) }
    }

    public func finished(_ run: RunID) async throws(DeliveryError) -> RunSummary {
        if let summary = await ended(run) { return summary }
        if Task.isCancelled, let summary = live(run) { return summary }
        // What was decided may still be on its way into the journal.
        try? await commits.commit([])
        guard let summary = try await journal.run(run) else { throw DeliveryError.unknownRun(run) }
        return summary
    }
}
