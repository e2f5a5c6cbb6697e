public import DeliveryModel
import DeliveryStore

/// How an operator ends a run for good while the process works.
extension Engine {
    public func discard(_ run: RunID) async throws(DeliveryError) -> String? {
        if let answer = try await relayed(.discard, run) { return answer.text }
        guard let summary = try await self.run(run) else { throw DeliveryScheduler.unknown(run) }
        if scheduler.isActive(run) {
            // It comes to rest first; what was in flight has its end then.
            try decide { (scheduler, moment) throws(DeliveryError) in
                try scheduler.stop(run, mode: .now, at: moment)
            }
            guard try await !finished(run).state.isActive else {
                throw DeliveryError(.conflict, "Run \(run) was stopped and not discarded: the command was interrupted.")
            }
        } else if !summary.isResumable {
            throw DeliveryError(.conflict, "Run \(run) has already ended: nothing is left to discard.")
        }
        let result = try await RunDiscard(
            store: journal, directory: directory, unsent: configuration.unsentDirectory, owner: configuration.owner
        ).discard(run, by: Self.asker)
        decide { scheduler, _ in scheduler.discarded(run, result.summary) }
        publish()
        return result.remainder
    }
}
