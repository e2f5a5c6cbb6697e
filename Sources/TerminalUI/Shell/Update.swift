import DeliveryModel
import Foundation
import TerminalKit

/// The whole behavior of the screen: what happened goes in, what is to be done comes out. It asks nothing and waits for
/// nothing; the time is in the model.
func update(_ model: inout Model, _ event: Event) -> [Effect] {
    let effects = react(&model, to: event)
    model.offerResume()
    return effects
}

private func react(_ model: inout Model, to event: Event) -> [Effect] {
    switch event {
    case .key(let key): model.press(key)
    case .interrupt: model.press(.control("c"))
    case .paste(let text): model.paste(text)
    case .background(let isLight): model.takeBackground(isLight)
    case .click(let target): model.click(target)
    case .scroll(let target, let rows): model.scroll(target, rows)
    case .resize(let size): model.resize(size)
    case .tick: model.tick()
    case .resumed: [.repaint, .setMouse(model.isMouseOn)]
    case .engine(let snapshot): model.take(snapshot)
    case .listener(let snapshot): model.take(snapshot)
    case .dropFolder(let snapshot): model.take(snapshot)
    case .nodes(let snapshot): model.take(snapshot)
    case .log(let lines): model.take(lines)
    case .faults(let faults): model.take(faults)
    case .directory(let path, let answer): model.takeDirectory(path, answer)
    case .folderChanged: model.takeFolderChange()
    case .looked(let path, let answer): model.takeLook(path, answer)
    case .sourceChanged(let request, let isGone): model.takeChangedSource(request, isGone: isGone)
    case .opened(let path, let answer): model.takeOpened(path, answer)
    case .completions(let text, let names): model.takeCompletions(text, names)
    case .preview(let path, let answer): model.takePreview(path, answer)
    case .dryRun(let path, let answer): model.takeDryRun(path, answer)
    case .unmapped(let path, let source): model.takeUnmapped(path, source)
    case .sentFound(let path, let answer): model.takeSent(path, answer)
    case .newCounted(let path, let list, let answer): model.takeNewCount(path, list, answer)
    case .columns(let path, let answer): model.takeColumns(path, answer)
    case .titles(let path, let reading, let answer): model.takeTitles(path, reading, answer)
    case .mappingCounted(let path, let reading, let answer): model.takeMappingCount(path, reading, answer)
    case .encodingSampled(let path, let name, let answer): model.takeSample(path, name, answer)
    case .started(let answer, let path): model.takeStarted(answer, path)
    case .failures(let answer): model.takeFailures(answer)
    case .failuresWaiting(let count, let undelivered, let seconds): model.takeWaiting(count, undelivered, seconds)
    case .facets(let query, let answer): model.takeFacets(query, answer)
    case .retryCounted(let request, let count): model.takeRetryCount(request, count)
    case .failureRange(let query, let answer): model.takeRange(query, answer)
    case .retried(let answer): model.takeRetried(answer)
    case .resent(let record, let fields, let answer): model.takeResent(record, fields, answer)
    case .exported(let answer, let path): model.takeExported(answer, path)
    case .fixPreviewed(let fix, let answer): model.takeFixPreview(fix, answer)
    case .fixApplied(let fix, let answer): model.takeFixed(fix, answer)
    case .requests(let requests): model.takeRequests(requests)
    case .dismissed(let answer): model.takeDismissed(answer)
    case .undismissed(let records, let answer): model.takeUndismissed(records, answer)
    case .erased(let number, let isDryRun, let answer): model.takeErasure(number, isDryRun: isDryRun, answer)
    case .audit(let query, let answer): model.takeAudit(query, answer)
    case .reported(let answer): model.takeReport(answer)
    case .exportExists(let query, let path): model.askOverwrite(query, path)
    case .history(let answer, let before, let limit): model.takeHistory(answer, before: before, limit: limit)
    case .summary(let summary): model.takeSummary(summary)
    case .graph(let run, let graph): model.takeGraph(run, graph)
    case .apiSet(let answer): model.takeAPI(answer)
    case .profileUsed(let answer): model.takeProfile(answer)
    case .login(let number, let answer): model.takeLogin(number, answer)
    case .done(let answer): model.takeDone(answer)
    case .notStopped(let run, let error): model.takeNotStopped(run, error)
    case .listenerSwitched(let answer): model.takeListenerSwitched(answer)
    }
}

extension Model {
    /// What is to be done before the first event.
    mutating func begin(file: String?) -> [Effect] {
        var effects: [Effect] = [.setMouse(isMouseOn), .loadHistory(before: nil), .countWaiting, .readLog(after: 0)]
        effects += useKeptAPI()
        if let file {
            effects.append(.inspectPath(file))
        } else {
            effects.append(.listDirectory(send.browser.directory))
        }
        if setup.hasListener { effects.append(.readListener) }
        if setup.hasSandbox { effects.append(.readFaults) }
        effects += readNodes()
        return effects
    }

    /// When the screen changes by itself; `nil` when only an event can change it.
    var nextChange: Date? {
        var dates = toasts.map(\.until)
        if isStale { dates.append(lastRefresh.addingTimeInterval(refreshPause)) }
        if let change = screen.place.nextChange(self) { dates.append(change) }
        if setup.hasNodes { dates.append(nodes.lastAsked.addingTimeInterval(NodesModel.interval)) }
        return dates.min()
    }

    mutating func tick() -> [Effect] {
        toasts.removeAll { $0.until <= now }
        return refreshFailures() + screen.place.tick(&self) + followNodes()
    }

    mutating func resize(_ size: Size) -> [Effect] {
        self.size = size
        for screen in Screen.allCases { screen.place.resized(&self) }
        overlays = overlays.map(resized)
        return screen == .failures && !failures.holds(page: page) ? [fetchFailures()] : []
    }

    mutating func takeBackground(_ isLight: Bool) -> [Effect] {
        self.isLight = isLight
        return []
    }

    mutating func toast(_ kind: Toast.Kind, _ text: String) {
        let text = FailureText.onScreen(text)
        // As long as it takes to read it.
        let seconds = max(kind == .bad || kind == .warning ? 5 : 2, Double(text.count) / 15)
        toasts.append(Toast(kind: kind, text: text, until: now.addingTimeInterval(seconds)))
        if toasts.count > 3 { toasts.removeFirst(toasts.count - 3) }
    }

    mutating func takeNotStopped(_ id: RunID, _ error: DeliveryError) -> [Effect] {
        run.stopping.remove(id)
        toast(.bad, error.message)
        return []
    }

    mutating func takeDone(_ answer: DeliveryResult<String>) -> [Effect] {
        switch answer {
        case .success(let text): if !text.isEmpty { toast(.good, text) }
        case .failure(let error): toast(.bad, error.message)
        }
        return []
    }

    var page: Int { page(of: screen) }
}
