import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// Why an action can't be done now; `nil` when it can.
    func obstacle(to action: Action) -> String? {
        switch action {
        case .start: startObstacle
        case .dryRun: send.browser.selectedFile == nil ? "Put the cursor on a CSV file first" : nil
        case .pause: pauseObstacle
        case .stop:
            shownRun == nil
                ? "No run to stop" : shownRun?.state.isActive == true ? nil : "This run has ended already"
        case .resume: resumeObstacle
        case .openFailures: failuresObstacle
        case .mark, .range, .detail: failures.current == nil ? "The list is empty" : nil
        case .copy:
            failures.current == nil
                ? "The list is empty" : setup.hasClipboard ? nil : "This terminal has no clipboard"
        case .edit:
            failures.current == nil
                ? "The list is empty"
                : failures.current?.retryingIn != nil ? "This record is being sent again now" : nil
        case .markAll, .export: failures.count == 0 ? "The list is empty" : nil
        case .unmarkAll: failures.marked == 0 ? "Nothing is marked" : nil
        case .retry: retryObstacle
        case .retryAll:
            failures.count == 0
                ? "The list is empty"
                : failures.query.kinds == [.rejected]
                    ? "Rejected records break a rule: edit them first" : isAPIMissing ? Self.missingAPI : nil
        case .scope:
            failures.query.run == nil && scopeRun == nil ? "There is no run yet" : nil
        case .toggleListener:
            !setup.hasListener
                ? "Started without a listener: use --listen" : listener.isBusy ? "It is being switched" : nil
        case .sandbox: setup.hasSandbox ? nil : "Only with --sandbox"
        case .findNext, .findPrevious: screen.place.findObstacle(self)
        case .parent: send.browser.directory == "/" ? "This is the topmost folder" : nil
        default: nil
        }
    }

    static let missingAPI = "Set the API's address and key first (,)"

    /// The run that the failures of one run are shown of.
    var scopeRun: RunID? { screen.place.run(self)?.id }

    var selectedHistoryRun: RunSummary? {
        let runs = history.shown(live: engine.runs)
        return runs.indices.contains(history.cursor.row) ? runs[history.cursor.row] : nil
    }

    private var startObstacle: String? {
        guard let file = send.browser.selectedFile else { return "Put the cursor on a CSV file first" }
        if case .failed(let path, let message) = send.preview, path == file { return message }
        if send.filter == nil { return "The ages make no sense" }
        if send.problem(.concurrency) != nil || send.problem(.rate) != nil { return "A number is out of range" }
        return nil
    }

    private var pauseObstacle: String? {
        guard let run = shownRun else { return "No run to pause" }
        switch run.state {
        case .paused, .running, .waiting, .preparing: return nil
        case .finishing: return "Everything is read; the last answers are awaited"
        default: return "This run has ended already"
        }
    }

    /// The run that `resume` is about.
    var resumeCandidate: RunSummary? { screen.place.run(self) }

    private var resumeObstacle: String? {
        guard let run = resumeCandidate else { return "No run to resume" }
        if newest.run(run.id)?.state.isActive == true {
            return run.state == .paused ? "It is paused: p goes on" : "This run is going already"
        }
        if !run.isResumable { return "This run has nothing left to do" }
        return isAPIMissing ? Self.missingAPI : nil
    }

    private var failuresObstacle: String? {
        guard let run = screen.place.run(self) else { return "No run yet" }
        return run.counts.failed + run.counts.rejected == 0 ? "This run has no failures" : nil
    }

    private var retryObstacle: String? {
        guard failures.count > 0 else { return "The list is empty" }
        if isAPIMissing { return Self.missingAPI }
        if failures.marked == 0, let current = failures.current {
            if current.retryingIn != nil { return "This record is being sent again now" }
            if current.kind == .rejected { return "It breaks a rule: edit it first (e)" }
        }
        if failures.query.kinds == [.rejected] || (failures.marked > 0 && failures.sendable == 0) {
            return "Rejected records break a rule: edit them first"
        }
        return nil
    }
}
