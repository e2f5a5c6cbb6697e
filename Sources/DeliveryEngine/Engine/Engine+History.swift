public import DeliveryModel
import DeliveryStore

/// Runs as they stand at this moment. What the scheduler works on is told by it: the journal is behind it by the operations
/// that are on their way there, and does not know what runs do now. Whatever was answered before is in it.
extension Engine {
    public func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? {
        // Asked first: a run that has its end here has it in the journal, too.
        let live = live(id)
        guard let stored = try await journal.run(id) else { return nil }
        return joined(stored, live)
    }

    public func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary] {
        var found: [RunSummary] = []
        var before = before
        while found.count < limit {
            let live = openRuns()
            let page = try await journal.runs(query, limit: limit, before: before)
            found += page.map { joined($0, self.live($0.id) ?? live[$0.id]) }.filter(query.matches)
            guard page.count == limit, let last = page.last?.id else { break }
            before = last
        }
        return Array(found.prefix(limit))
    }

    private func joined(_ stored: RunSummary, _ live: RunSummary?) -> RunSummary {
        guard var summary = live else {
            if scheduler.openings[stored.id] != nil {
                var opening = stored
                opening.state = .preparing
                return opening
            }
            // A run of a process that died, unless this one is just beginning with it.
            return configuration.storeKnowsOwners || stored.owner == configuration.owner.instance
                ? stored : stored.interrupted
        }
        summary.recovered = stored.recovered
        summary.standingOrder = stored.standingOrder
        return summary
    }

    /// A run that the scheduler works on, or will by itself.
    func live(_ id: RunID) -> RunSummary? {
        if let run = scheduler.runs[id], run.ended == nil { return run.summary(now: clock.now) }
        return scheduler.queue[id].map { scheduler.queued($0, at: moment) }
    }

    private func openRuns() -> [RunID: RunSummary] {
        var live: [RunID: RunSummary] = [:]
        for id in scheduler.roundRobin { live[id] = self.live(id) }
        return live
    }
}
