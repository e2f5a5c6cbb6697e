import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// Why an action can't be done now; `nil` when it can.
    func obstacle(to action: Action) -> String? {
        switch action {
        case .start: startObstacle
        case .dryRun, .columns, .encoding, .names: send.browser.selectedFile == nil ? "Select a CSV file first" : nil
        case .pause: pauseObstacle
        case .stop:
            stopObstacle
        case .resume: resumeObstacle
        case .passWindow: passWindowObstacle
        case .retryNow: newest.holds.contains(where: \.isFault) ? nil : "No run waits for the API to come back"
        case .audit where screen == .run: shownRun == nil ? "No run yet" : nil
        case .erase: erasureObstacle
        case .openFailures: failuresObstacle
        case .inspect where screen == .failures: failures.current == nil ? failures.emptiness : nil
        case .inspect: shownRun == nil ? "No run yet" : nil
        case .mark, .range, .detail: failures.current == nil ? failures.emptiness : nil
        case .moreRequests, .fewerRequests, .higherRate, .lowerRate: pacingObstacle
        case .copy:
            failures.current == nil
                ? failures.emptiness : setup.hasClipboard ? nil : "This terminal has no clipboard"
        case .edit:
            failures.current == nil
                ? failures.emptiness
                : failures.current?.retryingIn != nil ? "This record is being retried" : nil
        case .markAll, .fix: failures.count == 0 ? failures.emptiness : nil
        // Needs no row here: what the query selects is read when it is written.
        case .export: failures.isLoaded && failures.count == 0 ? failures.emptiness : nil
        case .dismiss:
            failures.count == 0
                ? failures.emptiness
                : failures.marked == 0 && failures.current?.retryingIn != nil ? "This record is being retried" : nil
        case .undo: failures.dismissed.isEmpty ? "Nothing to undo" : nil
        case .unmarkAll: failures.marked == 0 ? "Nothing is marked" : nil
        case .retry: retryObstacle
        case .retryAll:
            failures.count == 0
                ? failures.emptiness
                : failures.query.kinds == [.rejected]
                    ? "Rejected records must be edited first" : isAPIMissing ? Self.missingAPI : nil
        case .scope:
            failures.query.run == nil && scopeRun == nil ? "No run yet" : nil
        case .toggleListener:
            !setup.hasListener
                ? "Start with --listen first" : listener.isBusy ? "The listener is starting or stopping" : nil
        case .profiles:
            setup.canSwitchProfile
                ? setup.profiles.isEmpty ? "The configuration file has no profiles" : nil
                : setup.hasSandbox ? "Not available with --sandbox" : "The running process has its own profile"
        case .sandbox: setup.hasSandbox ? nil : "Available only with --sandbox"
        case .open where screen == .listener:
            selectedSubmission == nil
                ? "Nothing received yet" : selectedSubmission?.run == nil ? "This submission has no run" : nil
        case .open where screen == .nodes: selectedNode == nil ? "No node is known yet" : nil
        case .findNext, .findPrevious: screen.place.findObstacle(self)
        case .parent: send.browser.directory == "/" ? "Already at the top folder" : nil
        // They can always be done, or say themselves what is missing.
        case .goSend, .goRun, .goFailures, .goHistory, .goListener, .goLog, .goNodes, .nextScreen, .previousScreen, .up,
            .down,
            .left, .right, .pageUp, .pageDown, .top, .bottom, .open, .back, .filter, .ages, .sendWindow, .dailyLimit,
            .onlyNew, .home, .hidden, .typePath, .requests, .facets, .sortPrevious, .sortNext, .invert, .report, .audit,
            .level, .follow, .help, .palette, .settings, .theme, .unmask, .freeze, .mouse, .redraw, .suspend, .quit:
            nil
        }
    }

    static let missingAPI = "Set the API address and key first (,)"

    /// The run that the failures of one run are shown of.
    var scopeRun: RunID? { screen.place.run(self)?.id }

    var selectedHistoryRun: RunSummary? {
        let runs = history.shown(live: engine.runs)
        return runs.indices.contains(history.cursor.row) ? runs[history.cursor.row] : nil
    }

    private var startObstacle: String? {
        guard let file = send.browser.selectedFile else { return "Select a CSV file first" }
        if case .failed(let path, let message) = send.preview, path == file { return message }
        if send.reading(of: file).isPending { return "The columns are being read again" }
        if send.filter == nil { return "Invalid age range" }
        if let dryRun = send.dryRun, dryRun.path == file, let problem = dryRun.problem { return problem }
        if let dryRun = send.dryRun, dryRun.path == file, dryRun.report.isFinished, let filter = send.filter,
            let reason = dryRun.report.nothingToSend(filter)
        {
            return reason
        }
        if send.list != nil, let filter = send.filter, let reason = nothingNew(file, filter) { return reason }
        if send.problem(.window) != nil { return SendWindow.fault(send.text(.window)) }
        if send.problem(.onlyNew) != nil { return DeliveryListName.fault(send.text(.onlyNew)) }
        if send.problem(.concurrency) != nil || send.problem(.rate) != nil || send.problem(.dailyLimit) != nil {
            return "A value under Ages and pace is out of range"
        }
        return nil
    }

    private var stopObstacle: String? {
        guard let run = shownRun else { return "No run to stop" }
        if !run.state.isActive { return "This run has ended" }
        return isStopping(run) ? "This run is stopping" : nil
    }

    private var pacingObstacle: String? {
        guard screen == .run else { return nil }
        guard let run = shownRun else { return "No run yet" }
        return run.state.isActive ? nil : "This run has ended"
    }

    private var pauseObstacle: String? {
        guard let run = shownRun else { return "No run to pause" }
        if isStopping(run) { return "This run is stopping" }
        switch run.state {
        case .paused, .running, .waiting, .preparing: return nil
        case .finishing: return "All records are read: it can only be stopped (x)"
        case .done, .stopped, .failed, .refused, .dryRun, .skipped: return "This run has ended"
        }
    }

    /// The run that `resume` is about.
    var resumeCandidate: RunSummary? { screen.place.run(self) }

    private var resumeObstacle: String? {
        guard let run = resumeCandidate else { return "No run to resume" }
        if newest.run(run.id)?.state.isActive == true {
            guard run.state == .paused else { return "This run is active" }
            // Where its own key isn't, the key of the others resumes a paused run, too.
            if screen == .run { return "Paused: press p to resume" }
        }
        if !run.isResumable { return "Nothing left to resume" }
        if !newest.owns(run) { return "Run \(run.id) belongs to \(RunText.binding(run))" }
        return isAPIMissing ? Self.missingAPI : nil
    }

    private var failuresObstacle: String? {
        guard let run = screen.place.run(self) else { return "No run yet" }
        return run.undelivered + run.openRejected == 0 ? "This run has no failures" : nil
    }

    private var retryObstacle: String? {
        guard failures.count > 0 else { return failures.emptiness }
        if isAPIMissing { return Self.missingAPI }
        if failures.marked == 0, let current = failures.current {
            if current.retryingIn != nil { return "This record is being retried" }
            if current.kind == .rejected { return "Rejected: edit it first (e)" }
        }
        if failures.query.kinds == [.rejected] || (failures.marked > 0 && failures.sendable == 0) {
            return "Rejected records must be edited first"
        }
        return nil
    }
}
