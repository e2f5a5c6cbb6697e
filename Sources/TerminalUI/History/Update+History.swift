import DeliveryModel
import TerminalKit

extension Model {
    static let historyPage = 200

    mutating func performHistory(_ action: Action) -> [Effect] {
        let runs = history.shown(live: engine.runs)
        if history.cursor.move(action, count: runs.count, page: page) {
            history.goal = action == .bottom && history.hasMore ? .end : nil
            return loadMoreHistory()
        }
        switch action {
        case .open, .right:
            guard let selected = selectedHistoryRun else { return [] }
            run.selected = selected.id
            run.opened = selected
            run.eventsTop = 0
            failures.query.run = selected.id
            _ = requery()
            return go(to: .run) + [.loadSummary(selected.id), .loadGraph(selected.id)]
        case .openFailures:
            guard let selected = selectedHistoryRun else { return [] }
            return showFailures(of: selected.id)
        case .resume: if let selected = selectedHistoryRun { ask(.resume([selected.id], isOffer: false)) }
        case .passWindow: if let selected = selectedHistoryRun { ask(.passWindow(selected.id)) }
        case .audit: return openAudit(of: nil)
        case .report:
            guard let selected = selectedHistoryRun else { return [] }
            let path = "\(send.browser.directory)/run-\(selected.id).md"
            overlays.append(.path(PathPrompt(purpose: .report(selected.id), field: TextField(path).selected)))
        case .filter: history.isFiltering = true
        case .findNext, .findPrevious:
            history.goal = nil
            history.cursor.move(by: action == .findNext ? 1 : -1, count: runs.count, page: page)
            return loadMoreHistory()
        default: ignore(action)
        }
        return []
    }

    mutating func takeGraph(_ run: RunID, _ graph: RunGraph) -> [Effect] {
        self.run.graphs[run] = graph
        return []
    }

    mutating func takeHistory(_ answer: DeliveryResult<[RunSummary]>, before: RunID?, limit: Int) -> [Effect] {
        history.isLoadingMore = false
        switch answer {
        case .success(let runs):
            // Older runs follow those that are here, and no others.
            guard before == nil || before == history.runs.last?.id else { break }
            let selected = history.isLoaded || history.cursor.row > 0 ? selectedHistoryRun?.id : nil
            history.problem = nil
            history.isLoaded = true
            for run in runs { recoveries[run.id] = Recovery(run) }
            history.hasMore = runs.count >= limit
            if before == nil { history.runs = runs } else { history.runs += runs }
            keepHistoryCursor(on: selected)
        case .failure(let error):
            // The list is not what the journal holds now; an empty one says that itself.
            if !history.runs.isEmpty, history.problem != error.message { toast(.bad, error.message) }
            history.problem = error.message
            history.isLoaded = true
            history.goal = nil
            return []
        }
        return loadMoreHistory()
    }

    /// The list is another one now: the cursor goes where its run went, or to the run that older ones are loaded for.
    mutating func keepHistoryCursor(on selected: RunID?) {
        let shown = history.shown(live: engine.runs)
        let wanted: RunID? =
            switch history.goal {
            case .end: shown.last?.id
            case .run(let id): id
            case nil: selected
            }
        let row = shown.firstIndex { $0.id == wanted }
        if history.goal != .end {
            // Newer runs may have taken its place among those that are loaded.
            let missing = row == nil ? wanted : nil
            history.goal = missing.flatMap { needsOlderRuns(than: $0) ? .run($0) : nil }
        }
        if !history.hasMore { history.goal = nil }
        history.cursor.moveTo(row ?? history.cursor.row, count: shown.count, page: page(of: .history))
    }

    private func needsOlderRuns(than run: RunID) -> Bool {
        history.hasMore && history.runs.last.map { $0.id > run } == true
    }

    /// Asked once, as soon as the runs of the past and the API are known and nothing else is being asked.
    mutating func offerResume() {
        guard !hasOfferedResume, history.isLoaded, history.problem == nil, !isAPIMissing, overlays.isEmpty, !isTyping
        else { return }
        hasOfferedResume = true
        let interrupted = history.runs.map { newest.run($0.id)?.summary ?? $0 }.filter { run in
            // What another node sends belongs to that one.
            guard run.isResumable, !(setup.hasNodes && run.state.isActive), newest.owns(run),
                !preferences.declinedRuns.contains(run.id)
            else { return false }
            if case .failed = run.state { return false }
            return newest.run(run.id)?.state.isActive != true
        }
        if !interrupted.isEmpty { ask(.resume(interrupted.map(\.id), isOffer: true)) }
    }

    mutating func takeSummary(_ summary: RunSummary) -> [Effect] {
        if run.opened?.id == summary.id || run.selected == summary.id { run.opened = summary }
        if let index = history.runs.firstIndex(where: { $0.id == summary.id }) { history.runs[index] = summary }
        recoveries[summary.id] = Recovery(summary)
        return []
    }

    /// Loads the next older runs where they are needed: near the end of the list, for a filter that has not found enough to
    /// fill the screen, or for a run that is not here yet.
    mutating func loadMoreHistory() -> [Effect] {
        guard screen == .history, history.hasMore, !history.isLoadingMore, let last = history.runs.last,
            history.goal != nil || history.cursor.row >= history.shown(live: engine.runs).count - 2 * max(1, page)
        else { return [] }
        history.isLoadingMore = true
        return [.loadHistory(before: last.id)]
    }

    /// Reads as many runs again as are here, so that none of them leaves the list.
    func reloadHistory() -> Effect {
        let pages = history.runs.count / Self.historyPage + (history.hasMore ? 0 : 1)
        return .loadHistory(before: nil, limit: max(1, pages) * Self.historyPage)
    }

    mutating func typeHistoryFilter(_ key: Key) -> [Effect] {
        history.goal = nil
        switch key {
        case .enter, .tab: history.isFiltering = false
        case .escape:
            history.isFiltering = false
            return clearHistoryFilter()
        case .up, .down:
            let count = history.shown(live: engine.runs).count
            history.cursor.move(by: key == .up ? -1 : 1, count: count, page: page)
        default: if history.filter.handle(key) { history.cursor = ListCursor() }
        }
        return loadMoreHistory()
    }

    /// Shows all runs again, with the cursor on the run that was found.
    mutating func clearHistoryFilter() -> [Effect] {
        let selected = selectedHistoryRun?.id
        history.filter = TextField()
        history.goal = nil
        keepHistoryCursor(on: selected)
        return loadMoreHistory()
    }
}
