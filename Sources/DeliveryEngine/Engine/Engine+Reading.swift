import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

/// Where batches come in.
extension Engine {
    /// Takes a batch, and holds the reader back while enough of them wait.
    func offer(_ planned: PlannedBatch, for id: RunID) async -> OfferAnswer {
        guard let run = runs[id], !run.machine.isEnding else { return .stop }
        if planned.known == nil {
            // Stored records are counted from the moment on that they are stored.
            if !run.isStored { run.statistics.planned(planned.batch) }
            run.position = planned.batch.end.offset
            run.rejectsBytes = planned.rejects.length
        }
        let sequence = planned.known?.sequence ?? run.nextSequence
        if planned.known == nil { run.nextSequence += 1 }
        take(planned, sequence, of: id)
        keepPublishing()
        pump()
        if hasRoom(id) { return .goOn(reusing: spareBatches.popLast()) }
        return await withCheckedContinuation { continuation in
            guard runs[id]?.machine.isEnding == false else {
                continuation.resume(returning: .stop)
                return
            }
            runs[id]?.waitingReader = continuation
        }
    }

    private func take(_ planned: PlannedBatch, _ sequence: Int, of id: RunID) {
        let parts = planned.known?.parts.map(\.records) ?? []
        let isWhole = parts.isEmpty
        let shared = SharedBatch(planned.batch)
        runs[id]?.open(sequence, units: isWhole ? 1 : parts.count, memory: planned.batch.memory)
        for records in isWhole ? [0..<planned.batch.count] : parts {
            nextUnit += 1
            units[nextUnit] = WorkUnit(
                id: nextUnit, run: id, sequence: sequence, batch: shared,
                path: path(for: planned.batch, in: id),
                machine: BatchMachine(records: records, isWhole: isWhole, maximumAttempts: configuration.attempts))
            if isWhole { plannedRejects[nextUnit] = planned.rejects }
            runs[id]?.planned.append(nextUnit)
        }
        runs[id]?.machine.handle(.batchPlanned)
    }

    /// Records that arrived alone go to the API's path for single records, all others in bulk.
    private func path(for batch: RecordBatch, in id: RunID) -> BannerPath {
        runs[id]?.source == .submissions && batch.count == 1 ? .single : .bulk
    }

    /// Whether another batch of the run fits in.
    private func hasRoom(_ id: RunID) -> Bool {
        guard let run = runs[id], !run.machine.isEnding else { return true }
        return ReadAhead(concurrency: configuration.concurrency, runs: turns.count).hasRoom(
            outstanding: run.machine.outstanding, heldMemory: turns.reduce(0) { $0 + (runs[$1]?.heldMemory ?? 0) })
    }

    func giveRoom(_ id: RunID) {
        guard let reader = runs[id]?.waitingReader, hasRoom(id) else { return }
        runs[id]?.waitingReader = nil
        reader.resume(returning: .goOn(reusing: spareBatches.popLast()))
    }

    func releaseReader(_ id: RunID) {
        guard let reader = runs[id]?.waitingReader else { return }
        runs[id]?.waitingReader = nil
        reader.resume(returning: .stop)
    }

    /// The source is open and understood.
    func opened(_ id: RunID) {
        runs[id]?.machine.handle(.opened)
        record([.state(id, .running, endedAt: nil)])
    }

    /// The reader is at the end of its source, or stopped because it was told to.
    func readerEnded(_ id: RunID, sourceEnded: Bool) {
        runs[id]?.machine.handle(sourceEnded ? .sourceEnded : .readerStopped)
        if sourceEnded, let total = runs[id]?.total { runs[id]?.position = total }
        checkEnd(id)
    }

    func readerFailed(_ id: RunID, _ error: DeliveryError) {
        endEarly(id, .failed(reason: error.message))
        runs[id]?.machine.handle(.readerStopped)
        checkEnd(id)
    }
}
