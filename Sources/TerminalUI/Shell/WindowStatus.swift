import DeliveryModel
import TerminalKit

/// What the terminal's window and the task bar show of the runs.
struct WindowStatus: Hashable, Sendable {
    var title = "data-connector"
    /// Percent; `nil` while nothing is sent.
    var progress: Int?
    /// Whether the active runs wait for something.
    var isHeld = false

    init() {}

    init(_ model: Model) {
        let active = model.newest.runs.filter { $0.state.isActive }
        guard let first = active.last else { return }
        let shares = active.compactMap(RunText.share)
        if shares.count == active.count { progress = min(99, Int(shares.reduce(0, +) / Double(shares.count) * 100)) }
        isHeld = active.allSatisfy { if case .waiting = $0.state { true } else { $0.state == .paused } }
        let name = active.count == 1 ? RunText.source(first.summary.source) : "\(active.count) runs"
        title = (progress.map { "\($0)% " } ?? "") + name + " – data-connector"
    }
}
