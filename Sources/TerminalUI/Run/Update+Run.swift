import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func performRun(_ action: Action) -> [Effect] {
        switch action {
        case .moreRequests: return changeConcurrency(up: true)
        case .fewerRequests: return changeConcurrency(up: false)
        case .higherRate: return changeRate(up: true, present: shownRun?.rate ?? 0)
        case .lowerRate: return changeRate(up: false, present: shownRun?.rate ?? 0)
        case .retryNow: return [.retryNow]
        default: break
        }
        guard let shown = shownRun else { return [] }
        switch action {
        case .up, .down:
            let rows = action == .up ? -1 : 1
            if listedRuns.count > 1 { selectRun(by: rows, from: shown) } else { scrollEvents(rows) }
        case .left: return scrollGraph(1, of: shown)
        case .right: return scrollGraph(-1, of: shown)
        case .pageUp, .pageDown:
            let rows = max(1, eventRows(of: shown) - 1)
            scrollEvents(action == .pageUp ? -rows : rows)
        case .top: run.eventsTop = 0
        case .bottom: scrollEvents(shown.events.count)
        case .pause: return [shown.state == .paused ? .unpause(shown.id) : .pause(shown.id)]
        case .stop: ask(.stop(shown.id))
        case .resume: ask(.resume([shown.id], isOffer: false))
        case .passWindow: ask(.passWindow(shown.id))
        case .audit: return openAudit(of: shown.id)
        case .requests: run.showsRequests.toggle()
        case .inspect: return openInspector()
        case .openFailures: return showFailures(of: shown.id)
        default: ignore(action)
        }
        return []
    }

    private mutating func selectRun(by delta: Int, from shown: RunSnapshot) {
        let runs = listedRuns
        guard let index = runs.firstIndex(where: { $0.id == shown.id }) else { return }
        let next = min(max(0, index + delta), runs.count - 1)
        run.selected = runs[next].id
        run.eventsTop = 0
        run.graphBack = 0
    }

    /// Toward the beginning of the run, or back. Of a run that has ended, all of it is asked for.
    private mutating func scrollGraph(_ steps: Int, of shown: RunSnapshot) -> [Effect] {
        let oldest = max(0, graph(of: shown).sent.count - 20)
        run.graphBack = max(0, min(run.graphBack + steps * 20, oldest))
        return !shown.state.isActive && run.graphs[shown.id] == nil ? [.loadGraph(shown.id)] : []
    }

    /// How fast a run goes or went: the last minutes while it goes, all of it when it was kept.
    func graph(of shown: RunSnapshot) -> (sent: [Int], errors: [Int], seconds: Int) {
        if let kept = run.graphs[shown.id], !shown.state.isActive {
            return (kept.rates, kept.errors, kept.secondsPerPoint)
        }
        return (shown.sentPerSecond, shown.errorsPerSecond, 1)
    }

    mutating func scrollEvents(_ rows: Int) {
        guard let shown = shownRun else { return }
        run.eventsTop = max(0, min(run.eventsTop + rows, shown.events.count - eventRows(of: shown)))
    }

    private func eventRows(of shown: RunSnapshot) -> Int {
        RunRows(shown, self, RunLayout(size, runs: listedRuns.count).run.content).events
    }

    private mutating func changeConcurrency(up: Bool) -> [Effect] {
        let present = newest.concurrencyMaximum
        let next = PacingLimits.allowed(concurrency: present + (up ? 1 : -1))
        guard next != present else {
            let maximum = PacingLimits.concurrency.upperBound
            toast(.info, up ? "\(maximum) requests in flight is the maximum" : "1 request in flight is the minimum")
            return []
        }
        // The next key press counts from here, before the engine's next snapshot arrives.
        newest.concurrencyMaximum = next
        if !isFrozen { engine.concurrencyMaximum = next }
        send.fields[.concurrency] = TextField(String(next))
        return [.setConcurrency(next)]
    }

    private mutating func changeRate(up: Bool, present: Double) -> [Effect] {
        let next = Self.rate(after: newest.rateMaximum, up: up, present: present)
        guard next != newest.rateMaximum else {
            toast(.info, up ? "There is already no limit" : "10 records per second is the minimum")
            return []
        }
        newest.rateMaximum = next
        if !isFrozen { engine.rateMaximum = next }
        send.fields[.rate] = TextField(next.map(String.init) ?? "")
        return [.setRate(next)]
    }

    /// The steps 10, 20, 50, 100 … 1,000,000 and no limit.
    static func rate(after limit: Int?, up: Bool, present: Double) -> Int? {
        let steps = [10, 100, 1000, 10_000, 100_000].flatMap { [$0, 2 * $0, 5 * $0] } + [1_000_000]
        guard let limit else {
            if up { return nil }
            // The first step down must be felt: below what is sent now.
            return steps.last { Double($0) < present } ?? (present > 0 ? steps[0] : 1000)
        }
        return up ? steps.first { $0 > limit } : steps.last { $0 < limit } ?? steps[0]
    }

}

extension DeliveryHold {
    /// Whether it is a fault of which an operator may say that it is over.
    var isFault: Bool {
        switch kind {
        case .unavailable, .misconfigured, .refused: true
        case .throttled, .journal, .window, .dailyLimit: false
        }
    }
}
