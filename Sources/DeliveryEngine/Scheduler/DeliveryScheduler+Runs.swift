import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// Which runs are active, and how they are opened.
extension DeliveryScheduler {
    static let missingAPI = DeliveryError(
        .configuration, "The API's address and the project key are not set. Set API_URL and PROJECT_KEY.")

    /// Whether something can begin now.
    func checkReady() throws(DeliveryError) {
        if let journalFault { throw journalFault }
        if shutdown != nil || isClosed {
            throw DeliveryError(.ending, "The program is shutting down. Try again once it runs again.")
        }
        guard hasAPI else { throw Self.missingAPI }
    }

    /// Whether the process works on a run, or will by itself.
    func isActive(_ run: RunID) -> Bool {
        if openings[run] != nil || queue[run] != nil || extending.values.contains(run) { return true }
        if yielded.contains(run) || discards[run] != nil { return true }
        return runs[run].map { $0.ended == nil } ?? false
    }

    /// Whether nothing is open or being opened.
    var isIdle: Bool { roundRobin.isEmpty && openings.isEmpty && !batcher.isOpening && discards.isEmpty }

    /// Whether an operator has stopped it and something of it is still under way.
    func isStopping(_ run: RunID) -> Bool {
        switch runs[run]?.machine.life {
        case .ending(.stopped), .concluding(.stopped): true
        case .ending, .concluding, .ended, .preparing, .running, .paused, nil: false
        }
    }

    // MARK: Opening

    enum Claim: Equatable {
        case read
        /// It is active, and nothing keeps it from its turn any more.
        case continued
    }

    /// An operator continues a run that was stopped, failed or interrupted, or is paused.
    /// - Returns: `.read` when the caller has to read it from the journal now; the outcome is the event `opened` or
    ///   `openingFailed`. Until then nobody else gets it.
    mutating func claim(_ run: RunID, at moment: Moment) throws(DeliveryError) -> Claim {
        try checkReady()
        if openings[run]?.isPaused ?? (runs[run].map { $0.ended == nil && $0.machine.life == .paused } ?? false) {
            try unpause(run, at: moment)
            return .continued
        }
        if openings[run] != nil || extending.values.contains(run) || runs[run].map({ $0.ended == nil }) == true {
            throw DeliveryError(.conflict, "Run \(run) is already active.")
        }
        if discards[run] != nil { throw DeliveryError(.conflict, "Run \(run) is being discarded.") }
        if yielded.contains(run) {
            throw DeliveryError(.conflict, "Run \(run) is being given to another node. Try again in a few seconds.")
        }
        if queue[run] != nil {
            continueQueued(run)
            pump(at: moment)
            return .continued
        }
        openings[run] = Opening(isRefusalAccepted: true)
        return .read
    }

    mutating func continueQueued(_ run: RunID) {
        let wasPaused = queue[run]?.isPaused == true
        queue.update(run) { entry in
            entry.isPaused = false
            entry.notBefore = nil
            entry.reason = nil
            entry.isRefusalAccepted = true
        }
        record([.standingOrder(run, nil)] + (wasPaused ? [.state(run, .preparing, endedAt: nil)] : []))
    }

    /// Runs of earlier processes with which this one continues by itself.
    mutating func enqueue(_ entries: [RunQueue.Entry], at moment: Moment) {
        for entry in entries where !isActive(entry.run) && shutdown == nil { queue.add(entry) }
        pump(at: moment)
    }

    /// A run that was created keeps its source open, or waits for its turn.
    /// - Returns: whether its source is read now.
    mutating func created(_ run: OpenedRun, at moment: Moment) -> Bool {
        defer { pump(at: moment) }
        if shutdown != nil { return false }
        guard journalFault == nil, hasPlaceToOpen, !queue.hasReady else {
            queue.add(RunQueue.Entry(run.summary))
            return false
        }
        activate(run, Opening(), at: moment)
        return true
    }

    /// Runs that take the time of the others: those that are paused or end do not.
    var runnableRuns: Int { roundRobin.reduce(0) { $0 + (runs[$1]?.machine.isRunnable == true ? 1 : 0) } }

    private var hasPlaceToOpen: Bool {
        let open = roundRobin.reduce(0) { sum, id in
            guard let run = runs[id], !batcher.has(id), run.machine.isRunnable else { return sum }
            return sum + 1
        }
        return open + openings.count < policy.openSources
    }

    mutating func openQueued(at moment: Moment) {
        guard journalFault == nil, shutdown == nil, hasAPI, !queue.isEmpty else { return }
        queue.endDelays(now: moment.instant)
        while queue.hasReady, hasPlaceToOpen {
            guard let entry = queue.popFirst() else { continue }
            openings[entry.run] = Opening(entry: entry, isRefusalAccepted: entry.isRefusalAccepted)
            act(.open(entry.run))
        }
    }

    mutating func opened(_ opened: OpenedRun, at moment: Moment) {
        let id = opened.summary.id
        guard let opening = openings.removeValue(forKey: id) else {
            return impossible("run \(id) was opened by nobody", nil, at: moment)
        }
        // What an operator wanted meanwhile is written only now that it is known to be open: a run that is done stays so.
        if opening.stop != nil {
            record([.standingOrder(id, .stopped)])
        } else if opening.isPaused {
            record([.standingOrder(id, .paused), .state(id, .paused, endedAt: nil)])
        } else if opening.entry == nil || opening.wasUnpaused {
            record([.standingOrder(id, nil)])
        }
        activate(opened, opening, at: moment)
        act(.read(id))
    }

    private mutating func activate(_ opened: OpenedRun, _ opening: Opening, at moment: Moment) {
        let now = moment.instant
        let id = opened.summary.id
        if let known = runs[id], known.ended == nil {
            return impossible("run \(id) was opened twice", id, at: moment)
        }
        let run = DeliveryRun(opened, refusalPause: opening.entry?.refusalPause ?? Self.firstHold, now: now)
        run.isRefusalAccepted = opening.isRefusalAccepted
        run.refusedAt = opening.isRefusalAccepted ? nil : opening.entry?.refusedAt
        addActive(run)
        knowPause(until: opened.waitsUntil, at: moment)
        if opened.recordsInFlight > 0 {
            run.statistics.add(
                .warning,
                "\(opened.recordsInFlight) records were in flight when the run was interrupted; "
                    + "they are sent again and may arrive twice", at: moment.date)
        }
        holdNew(id, at: moment)
        if opening.isPaused { tell(id, .paused, at: moment) }
        if let journalFault { endEarly(id, fault(journalFault, of: run), at: moment) }
        if let stop = opening.stop { endEarly(id, .stopRequested(reason: stop), at: moment) }
        if let until = pacing.askedUntil { checkPatience(of: run, until: moment.date(of: until), at: moment) }
        if let shutdown { stopForShutdown(id, shutdown, at: moment) }
        act(.publish)
    }

    /// Lets a run whose source is open take part from now on.
    mutating func addActive(_ run: DeliveryRun) {
        if roundRobin.isEmpty { forgetFruitless() }
        run.turn = turn
        runs[run.id] = run
        roundRobin.append(run.id)
    }

    /// Lets what holds all runs back hold this one, too.
    mutating func holdNew(_ run: RunID, at moment: Moment) {
        if let shownHold { tell(run, held(shownHold, at: moment), at: moment) }
        recordPause(of: run, at: moment)
    }

    mutating func openingFailed(_ run: RunID, _ error: DeliveryError, at moment: Moment) {
        guard let opening = openings.removeValue(forKey: run) else { return }
        defer { checkIdle() }
        act(.release(run))
        if discards[run] != nil {
            endSubmissions(run, .stopped(reason: error.message), at: moment)
            return act(.rested(run))
        }
        // Whoever asked for it gets the error; what comes from the queue asked nobody.
        guard var entry = opening.entry, shutdown == nil else { return }
        act(.log(.error, "run \(run) can't continue: \(error.message)"))
        switch error.code {
        case .source:
            record([.state(run, .failed(reason: error.message), endedAt: moment.date)])
            endSubmissions(run, .failed(reason: error.message), at: moment)
            act(.tellWaiters(run, nil))
        // It is done, or belongs to another API: the journal knows better.
        case .notFound, .conflict:
            endSubmissions(run, .stopped(reason: error.message), at: moment)
            act(.tellWaiters(run, nil))
        case .configuration, .journal, .locked, .busy, .ending:
            entry.reason = error.message
            entry.notBefore = moment.instant + Self.firstHold
            if opening.stop != nil {
                record([.standingOrder(run, .stopped)])
                endSubmissions(run, .stopped(reason: error.message), at: moment)
                return act(.tellWaiters(run, nil))
            }
            if opening.isPaused { record([.standingOrder(run, .paused), .state(run, .paused, endedAt: nil)]) }
            entry.isPaused = opening.isPaused
            queue.add(entry)
        }
    }

    mutating func checkIdle() {
        if isIdle { act(.idle) }
    }
}
