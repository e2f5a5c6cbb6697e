import DeliveryModel
import Foundation
import TerminalKit

extension Model {
    mutating func take(_ snapshot: EngineSnapshot) -> [Effect] {
        let old = newest
        newest = snapshot
        run.stopping = run.stopping.filter { snapshot.run($0)?.state.isActive == true }
        followPacing(from: old)
        // A run that has begun elsewhere (over HTTP, as a retry) must not take the screen from the one that is watched.
        if run.selected == nil, let watched = old.runs.last(where: { $0.state.isActive }),
            snapshot.runs.count > old.runs.count
        {
            run.selected = watched.id
        }
        var ended = announceEnds(from: old, to: snapshot)
        if snapshot.runs.contains(where: { old.run($0.id) == nil }) { ended += forgetUnsent() }
        if snapshot.apiAddress != old.apiAddress || endedRuns(from: old) { ended += compareAgain() }
        guard !isFrozen else { return ended }
        show(snapshot)
        if snapshot.generation != old.generation { isStale = true }
        return ended + refreshFailures() + followRequests()
    }

    /// Runs begin and end, and the cursor of the history stays on its own.
    mutating func show(_ snapshot: EngineSnapshot) {
        guard !history.filter.isEmpty || snapshot.runs.map(\.id) != engine.runs.map(\.id) else {
            engine = snapshot
            return
        }
        let selected = selectedHistoryRun?.id
        engine = snapshot
        keepHistoryCursor(on: selected)
    }

    private func endedRuns(from old: EngineSnapshot) -> Bool {
        newest.runs.contains { !$0.state.isActive && old.run($0.id)?.state.isActive == true }
    }

    /// Says when a run ends that the operator isn't looking at.
    private mutating func announceEnds(from old: EngineSnapshot, to new: EngineSnapshot) -> [Effect] {
        var effects: [Effect] = []
        for run in new.runs where !run.state.isActive && old.run(run.id)?.state.isActive == true {
            // A retry changes what the run it came from has left.
            if case .retry(let root) = run.summary.source { effects.append(.loadSummary(root)) }
            if preferences.notifies == true, !run.summary.source.isRemote {
                let name = RunText.source(run.summary.source)
                effects.append(.terminal(.notify("\(name): \(RunText.badge(run.summary).lowercased())")))
            }
            let counts = run.summary.counts
            let rejected = counts.rejected > 0 ? ", \(NumberText.count(counts.rejected)) rejected" : ""
            let sent = "\(NumberText.count(counts.sent)) sent\(rejected)"
            switch run.state {
            // Others send all day long; their runs are on the Listener screen.
            case .done where run.summary.source.isRemote && counts.failed == 0: break
            case .done:
                let failed = counts.failed > 0 ? ", \(NumberText.count(counts.failed)) failed" : ""
                toast(RunText.ink(run.summary) == .good ? .good : .warning, "Run \(run.id) is done: \(sent)\(failed)")
            case .stopped(let reason): toast(.info, "Run \(run.id) stopped: \(reason)")
            case .failed(let reason), .refused(let reason): toast(.bad, "Run \(run.id) failed: \(reason)")
            case .preparing, .running, .paused, .waiting, .finishing, .dryRun, .skipped: break
            }
        }
        return effects
    }

    /// Asks for the failures again when they may have changed, at most twice a second.
    mutating func refreshFailures() -> [Effect] {
        guard isStale, !isFrozen, now.timeIntervalSince(lastRefresh) >= refreshPause else { return [] }
        isStale = false
        lastRefresh = now
        guard screen == .failures else { return [.countWaiting] }
        return [fetchFailures(mayHaveChanged: true), .countWaiting, .readFacets(failures.query)]
    }

    /// Seconds between two looks at the failures: short lists follow within half a second, and looking at the longest
    /// takes at most a third of the time.
    var refreshPause: Double {
        let time = max(failures.readingTime, failures.countingTime)
        return max(0.5, min(20 * time, 0.8 + 2 * time))
    }

    mutating func takeWaiting(_ count: Int, _ undelivered: Int, _ seconds: Double) -> [Effect] {
        failures.waiting = count
        failures.undelivered = undelivered
        failures.countingTime = seconds
        return []
    }

    mutating func take(_ snapshot: ListenerSnapshot) -> [Effect] {
        guard !isFrozen else { return [] }
        let selected = selectedSubmission
        listener.snapshot = snapshot
        // New submissions come on top, so it can only have moved down.
        let row = snapshot.submissions.indices.dropFirst(listener.cursor.row).first {
            snapshot.submissions[$0] == selected
        }
        listener.cursor.moveTo(
            row ?? listener.cursor.row, count: snapshot.submissions.count, page: page(of: .listener))
        return []
    }

    mutating func take(_ lines: [LogLine]) -> [Effect] {
        guard !isFrozen else { return [] }
        log.append(lines.filter { $0.number > log.last }, page: page(of: .log))
        return []
    }

    mutating func take(_ faults: SimulatedFaults) -> [Effect] {
        self.faults = faults
        return []
    }
}

extension RunSource {
    /// Whether it arrived over HTTP.
    fileprivate var isRemote: Bool {
        switch self {
        case .upload, .submissions: true
        case .file, .standardInput, .retry: false
        }
    }
}
