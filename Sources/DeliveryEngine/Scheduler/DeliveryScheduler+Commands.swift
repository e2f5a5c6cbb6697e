import DeliveryModel
import DeliveryStore

/// What operators do to runs, and what the end of the process does to them.
extension DeliveryScheduler {
    /// What a command acts on.
    enum Target {
        case open(DeliveryRun)
        case queued, opening
    }

    func target(_ id: RunID) throws(DeliveryError) -> Target {
        if openings[id] != nil || queue[id] != nil {
            // Nothing but the journal knows it: a command that can't be written there would be lost.
            if let journalFault { throw journalFault }
            return openings[id] != nil ? .opening : .queued
        }
        guard let run = runs[id] else { throw DeliveryError.unknownRun(id) }
        guard run.ended == nil, !run.machine.isConcluded else {
            throw DeliveryError(.conflict, "Run \(id) has ended.")
        }
        return .open(run)
    }

    /// What a pause or its end acts on: a run that is about to end takes neither.
    private func pausable(_ id: RunID) throws(DeliveryError) -> Target {
        let target = try target(id)
        if case .open(let run) = target, run.machine.isEnding {
            throw DeliveryError(.conflict, "Run \(id) is ending.")
        }
        return target
    }

    mutating func pause(_ id: RunID, at moment: Moment) throws(DeliveryError) {
        switch try pausable(id) {
        case .open(let run):
            tell(id, .paused, at: moment)
            run.statistics.add(.info, "paused", at: moment.date)
        case .queued: queue.update(id) { $0.isPaused = true }
        case .opening:
            openings[id]?.isPaused = true
            return
        }
        record([.standingOrder(id, .paused), .state(id, .paused, endedAt: nil)])
        act(.publish)
        pump(at: moment)
    }

    mutating func unpause(_ id: RunID, at moment: Moment) throws(DeliveryError) {
        switch try pausable(id) {
        case .open(let run):
            tell(id, .unpaused, at: moment)
            run.statistics.add(.info, "resumed", at: moment.date)
            run.turn = max(run.turn, turn)
            forgetFruitless()
            record([.standingOrder(id, nil), .state(id, .running, endedAt: nil)])
            giveRoom(id)
        case .queued: continueQueued(id)
        case .opening:
            openings[id]?.isPaused = false
            openings[id]?.wasUnpaused = true
        }
        act(.publish)
        pump(at: moment)
    }

    mutating func stop(_ id: RunID, mode: StopMode, at moment: Moment) throws(DeliveryError) {
        switch try target(id) {
        case .open:
            record([.standingOrder(id, .stopped)])
            requestStop(id, reason: RunState.operatorStopReason, mode: mode, at: moment)
        case .queued:
            guard let entry = queue.remove(id) else { return }
            var summary = entry.summary
            summary.state = .stopped(reason: RunState.operatorStopReason)
            summary.endedAt = moment.date
            record([.standingOrder(id, .stopped), .state(id, summary.state, endedAt: summary.endedAt)])
            endSubmissions(id, summary.state, at: moment)
            if discards[id] == nil { act(.tellWaiters(id, summary)) }
        case .opening:
            openings[id]?.stop = RunState.operatorStopReason
        }
        pump(at: moment)
    }

    /// Ends a run, and keeps it from being opened until `discarded` is told how that ended.
    /// - Returns: whether it rests already; otherwise the action `rested` says when it does.
    mutating func beginDiscarding(_ id: RunID, at moment: Moment) throws(DeliveryError) -> Bool {
        guard discards[id] == nil else { throw DeliveryError(.conflict, "Run \(id) is being discarded.") }
        guard isActive(id) else {
            discards[id] = .atRest
            return true
        }
        discards[id] = .active
        do throws(DeliveryError) {
            try stop(id, mode: .now, at: moment)
        } catch {
            discards[id] = nil
            throw error
        }
        return openings[id] == nil && runs[id].map { $0.ended != nil } ?? true
    }

    /// - Parameter summary: of the run that was ended for good; `nil` when that failed.
    mutating func discarded(_ id: RunID, _ summary: RunSummary?) {
        let wasActive = discards.removeValue(forKey: id) == .active
        if let summary, runs[id]?.ended != nil { runs[id]?.ended = summary }
        if wasActive { act(.tellWaiters(id, summary ?? runs[id]?.ended)) }
        checkIdle()
    }

    /// The operator says that whatever held runs may be over.
    mutating func retryNow(at moment: Moment) {
        pacing.retryNow(now: moment.instant)
        queue.hurry()
        forgetFruitless()
        pump(at: moment)
    }

    mutating func shutDown(_ shutdown: Shutdown, at moment: Moment) {
        self.shutdown = self.shutdown ?? shutdown
        // They stay in the journal as they are.
        for run in queue.removeAll() { act(.tellWaiters(run, nil)) }
        for run in roundRobin { stopForShutdown(run, shutdown, at: moment) }
        checkIdle()
        pump(at: moment)
    }

    mutating func stopForShutdown(_ id: RunID, _ shutdown: Shutdown, at moment: Moment) {
        guard let run = runs[id], !run.machine.isConcluded else { return }
        if run.machine.life == .paused {
            // What an operator paused stays so until an operator resumes it.
            endEarly(id, .suspended, at: moment)
            if shutdown.mode == .now { abandonInFlight(of: id, at: moment) } else { graceBegins(id, at: moment) }
        } else {
            requestStop(id, reason: shutdown.reason, mode: shutdown.mode, at: moment)
        }
    }
}
