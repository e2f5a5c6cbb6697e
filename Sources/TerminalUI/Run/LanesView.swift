import DeliveryModel
import Foundation
import TerminalKit

/// The requests in flight as bars that grow with their age: a hang, a slow API and a retry are seen at a glance.
enum LanesView {
    static func draw(_ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        guard !area.isEmpty else { return }
        let lanes = model.engine.lanes(of: run.id)
        guard !lanes.isEmpty else {
            let text = !run.state.isActive ? "none" : run.inFlight > 0 ? "\(run.inFlight) requests" : "none now"
            canvas.write(text, .faint, area.row(0))
            return
        }
        let oldest = lanes.map { model.now.timeIntervalSince($0.started) }.max() ?? 0
        // A lane that is full takes as long as one in a hundred did, or as the oldest does now.
        let scale = max(1, (run.latency?.p99 ?? 0) * 1.5, oldest)
        let shown = lanes.count > area.height ? area.height - 1 : lanes.count
        for (index, lane) in lanes.prefix(shown).enumerated() {
            draw(lane, model, &canvas, area.row(index), scale: scale)
        }
        if lanes.count > shown {
            canvas.write("and \(lanes.count - shown) more", .dim, area.row(area.height - 1))
        }
    }

    private static func draw(
        _ lane: RequestLane, _ model: Model, _ canvas: inout Canvas, _ row: Rectangle, scale: Double
    ) {
        let label: Line = [
            Line("#\(lane.batch)".padding(7), .dim), Line(NumberText.count(lane.records).padding(6), .text),
            Line(
                lane.isProbe ? "check " : lane.attempt > 1 ? "try \(lane.attempt) " : "      ",
                lane.isProbe || lane.attempt > 1 ? .warning : .faint),
        ]
        let width = min(label.width, row.width)
        canvas.write(label, row.left(width))
        let ageWidth = 9
        let bar = row.after(width).left(max(0, row.width - width - ageWidth))
        let place = row.after(row.width - ageWidth)
        let age = max(0, model.now.timeIntervalSince(lane.started))
        let ink: Ink = age >= 30 ? .bad : age >= 10 ? .warning : .accent
        ProgressBar.draw(&canvas, bar, share: age / scale, ink: ink)
        canvas.write(NumberText.duration(age), ink == .accent ? .text : Style(ink), place, .right)
    }
}

extension EngineSnapshot {
    /// A run's requests in flight, oldest first.
    func lanes(of run: RunID) -> [RequestLane] { lanes.filter { $0.run == run } }
}
