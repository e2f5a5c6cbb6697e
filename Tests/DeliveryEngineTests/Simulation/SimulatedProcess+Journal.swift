import DeliveryModel
import DeliveryStore
import StoreTestSupport

@testable import DeliveryEngine

/// What it makes durable.
extension SimulatedProcess {
    func add(_ entry: Waiting) {
        waiting.append(entry)
        commitNext()
    }

    func commitNext() {
        guard !isCommitting, !waiting.isEmpty else { return }
        isCommitting = true
        if world.chance(world.isHealthy ? 0 : world.plan.storeFaults * 0.02) { breakDisk(for: world.delay(0.5...8)) }
        let isSlow = !world.isHealthy && world.chance(world.plan.slowCommits)
        later(isSlow ? world.delay(0.1...3) : world.delay(0.001...0.01)) { [self] in
            let entries = waiting
            waiting = []
            isCommitting = false
            if isDiskBad, !entries.allSatisfy(\.operations.isEmpty) { failJournal() }
            if !hasJournalFailed {
                for operation in entries.flatMap(\.operations) {
                    world.checkOpen(operation)
                    world.store.apply(operation)
                }
                world.checkDailyLimit()
                if let fault = world.store.listFault { world.fail(fault) }
            }
            // What becomes of them is told together or one by one: other things may happen in between.
            for entry in entries {
                var event = entry.then
                if hasJournalFailed {
                    event = .commitFailed(entry.then, DeliveryError(.journal, "The journal is on a full disk."))
                }
                guard let event else { continue }
                if world.chance(0.5) {
                    arrived(event)
                } else {
                    later(world.delay(0...0.002)) { [self] in tell(event) }
                }
            }
            commitNext()
        }
    }

    func failJournal() {
        hasJournalFailed = true
        recoverLater()
    }

    /// Makes something durable that the engine itself waits for.
    func commit(_ operations: [JournalOperation], _ then: @escaping (DeliveryError?) -> Void) {
        later(world.delay(0.001...0.02)) { [self] in
            if hasJournalFailed || isDiskBad {
                if isDiskBad { failJournal() }
                let error = DeliveryError(.journal, "The journal is on a full disk.")
                return then(error)
            }
            // In the order in which they were handed over: what waits goes first.
            for entry in waiting { entry.operations.forEach(world.store.apply) }
            for index in waiting.indices { waiting[index].operations = [] }
            operations.forEach(world.store.apply)
            then(nil)
        }
    }

    /// Ends a run for good, as the engine does: it comes to rest first, and nobody gets it meanwhile.
    func discard(_ run: RunID) throws(DeliveryError) {
        let isAtRest = try decide { (scheduler, moment) throws(DeliveryError) in
            try scheduler.beginDiscarding(run, at: moment)
        }
        if isAtRest { discardAtRest(run) }
    }

    func discardAtRest(_ run: RunID) {
        later(world.delay(0.001...0.1)) { [self] in
            guard !isDiskBad, !hasJournalFailed, let commits = world.store.discard(run) else {
                return decide { scheduler, _ in scheduler.discarded(run, nil) }
            }
            discard(run, commits[...])
        }
    }

    private func discard(_ run: RunID, _ commits: ArraySlice<[JournalOperation]>) {
        guard let next = commits.first else {
            world.tell("run \(run) is discarded")
            return decide { scheduler, _ in scheduler.discarded(run, world.store.runs[run].map(world.store.summary)) }
        }
        later(world.delay(0.001...0.02)) { [self] in
            guard !isDiskBad, !hasJournalFailed else { return decide { scheduler, _ in scheduler.discarded(run, nil) } }
            next.forEach(world.store.apply)
            discard(run, commits.dropFirst())
        }
    }

    func finish(_ end: RunEnd) {
        world.tell("run \(end.run) ends as \(end.final)")
        world.checkEnding(end, isShuttingDown: isEnding)
        func failed(_ error: DeliveryError) { tell(.runEndFailed(end.run, end.summary, error)) }
        if let fault = scheduler.journalFault {
            return later(0) { failed(fault) }
        }
        commit(end.compactBefore.map { [.compact(end.run, before: $0)] } ?? []) { [self] error in
            if let error { return failed(error) }
            commit([.state(end.run, end.final, endedAt: world.moment.date)]) { [self] error in
                if let error { return failed(error) }
                var summary = end.summary
                if let run = world.store.runs[end.run] { summary = world.store.summary(run) }
                world.checkConcluded(end)
                tell(.runEnded(end.run, summary))
            }
        }
    }
}
