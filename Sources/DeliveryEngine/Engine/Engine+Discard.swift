public import DeliveryModel
import DeliveryStore

/// How an operator ends a run for good while the process works.
extension Engine {
    public func discard(_ run: RunID) async throws(DeliveryError) -> String? {
        if let answer = try await relayed(.discard, run) { return answer.text }
        guard let summary = try await self.run(run) else { throw DeliveryError.unknownRun(run) }
        guard scheduler.isActive(run) || summary.isResumable else {
            throw DeliveryError(.conflict, "Run \(run) has already ended: nothing is left to discard.")
        }
        // Nobody gets it from here on: a resume that came between would send what is listed as failed.
        let isAtRest = try decide { (scheduler, moment) throws(DeliveryError) in
            try scheduler.beginDiscarding(run, at: moment)
        }
        if !isAtRest { await withCheckedContinuation { restWaiters[run] = $0 } }
        let result: RunDiscard.Result
        do throws(DeliveryError) {
            result = try await RunDiscard(
                store: journal, directory: directory, unsent: configuration.unsentDirectory, owner: configuration.owner
            ).discard(run, by: Self.asker)
        } catch {
            decide { scheduler, _ in scheduler.discarded(run, nil) }
            throw error
        }
        decide { scheduler, _ in scheduler.discarded(run, result.summary) }
        publish()
        return result.remainder
    }
}
