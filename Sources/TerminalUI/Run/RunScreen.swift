import DeliveryModel
import Foundation
import TerminalKit

enum RunScreen: ScreenPlace {
    static let title = "Run"

    static func draw(_ model: Model, _ canvas: inout Canvas) { RunView.draw(model, &canvas) }
    static func perform(_ action: Action, _ model: inout Model) -> [Effect] { model.performRun(action) }

    static func page(_ model: Model) -> Int {
        max(1, RunLayout(model.size, runs: model.listedRuns.count).list.height - 2)
    }

    static func click(row: Int, _ model: inout Model) -> [Effect] {
        let runs = model.listedRuns
        if runs.indices.contains(row) { model.run.selected = runs[row].id }
        return []
    }

    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect] {
        model.scrollEvents(rows)
        return []
    }

    /// What waits counts down.
    static func nextChange(_ model: Model) -> Date? {
        guard let run = model.shownRun, run.state.isActive else { return nil }
        if case .waiting(_, .some) = run.state { return model.now.addingTimeInterval(1) }
        // The bars of what hangs grow, even when the engine has nothing new to say.
        return model.engine.requestsInFlight(of: run.id).isEmpty ? nil : model.now.addingTimeInterval(0.5)
    }

    static func badge(_ model: Model) -> Line? {
        let active = model.activeRuns
        guard let first = active.first else { return nil }
        return active.count > 1 ? Line("\(active.count)", .good) : Line("●", RunText.ink(first.summary))
    }
}
