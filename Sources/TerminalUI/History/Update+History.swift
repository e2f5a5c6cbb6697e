import DeliveryModel
import TerminalKit

extension Model {
    static let historyPage = 200

    mutating func performHistory(_ action: Action) -> [Effect] {
        let runs = history.shown(live: engine.runs)
        if history.cursor.move(action, count: runs.count, page: page) { return loadMoreHistory() }
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
            history.cursor.move(by: action == .findNext ? 1 : -1, count: runs.count, page: page)
        default: ignore(action)
        }
        return []
    }

    mutating func takeGraph(_ run: RunID, _ graph: RunGraph) -> [Effect] {
        self.run.graphs[run] = graph
        return []
    }

    mutating func takeHistory(_ answer: DeliveryResult<[RunSummary]>, before: RunID?) -> [Effect] {
        history.isLoadingMore = false
        switch answer {
        case .success(let runs):
            let selected = selectedHistoryRun?.id
            history.problem = nil
            history.isLoaded = true
            for run in runs { recoveries[run.id] = Recovery(run) }
            history.hasMore = runs.count >= Self.historyPage
            if before == nil {
                history.runs = runs
            } else {
                let known = Set(history.runs.map(\.id))
                history.runs += runs.filter { !known.contains($0.id) }
            }
            let shown = history.shown(live: engine.runs)
            // New runs arrive on top: the cursor stays on its run.
            if history.cursor.row > 0, let row = shown.firstIndex(where: { $0.id == selected }) {
                history.cursor.moveTo(row, count: shown.count, page: page(of: .history))
            }
            history.cursor.keepVisible(count: shown.count, page: page(of: .history))
        case .failure(let error):
            history.problem = error.message
            history.isLoaded = true
        }
        return []
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

    mutating func loadMoreHistory() -> [Effect] {
        guard history.hasMore, !history.isLoadingMore, let last = history.runs.last,
            history.cursor.row >= history.shown(live: engine.runs).count - 2 * max(1, page)
        else { return [] }
        history.isLoadingMore = true
        return [.loadHistory(before: last.id)]
    }

    mutating func typeHistoryFilter(_ key: Key) -> [Effect] {
        switch key {
        case .enter, .tab: history.isFiltering = false
        case .escape:
            history.isFiltering = false
            history.filter = TextField()
        case .up, .down:
            let count = history.shown(live: engine.runs).count
            history.cursor.move(by: key == .up ? -1 : 1, count: count, page: page)
        default: if history.filter.handle(key) { history.cursor = ListCursor() }
        }
        return []
    }
}
