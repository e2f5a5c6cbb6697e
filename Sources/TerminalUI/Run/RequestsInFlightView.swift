import DeliveryModel
import Foundation
import TerminalKit

/// The requests in flight as bars that grow with their age: a hang, a slow API and a retry are seen at a glance.
enum RequestsInFlightView {
    static func draw(_ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        guard !area.isEmpty else { return }
        let requests = model.engine.requestsInFlight(of: run.id)
        guard !requests.isEmpty else {
            let text = !run.state.isActive ? "none" : run.inFlight > 0 ? "\(run.inFlight) requests" : "none now"
            canvas.write(text, .faint, area.row(0))
            return
        }
        let oldest = requests.map { model.now.timeIntervalSince($0.started) }.max() ?? 0
        // A bar that is full stands for as long as one in a hundred did, or as the oldest does now.
        let scale = max(1, (run.latency?.p99 ?? 0) * 1.5, oldest)
        let shown = requests.count > area.height ? area.height - 1 : requests.count
        for (index, request) in requests.prefix(shown).enumerated() {
            draw(request, model, &canvas, area.row(index), scale: scale)
        }
        if requests.count > shown {
            canvas.write("and \(requests.count - shown) more", .dim, area.row(area.height - 1))
        }
    }

    private static func draw(
        _ request: RequestInFlight, _ model: Model, _ canvas: inout Canvas, _ row: Rectangle, scale: Double
    ) {
        let label: Line = [
            Line("#\(request.batch)".padding(7), .dim), Line(NumberText.count(request.records).padding(6), .text),
            Line(
                request.isProbe ? "check " : request.attempt > 1 ? "try \(request.attempt) " : "      ",
                request.isProbe || request.attempt > 1 ? .warning : .faint),
        ]
        let width = min(label.width, row.width)
        canvas.write(label, row.left(width))
        let ageWidth = 9
        let bar = row.after(width).left(max(0, row.width - width - ageWidth))
        let place = row.after(row.width - ageWidth)
        let age = max(0, model.now.timeIntervalSince(request.started))
        let ink: Ink = age >= 30 ? .bad : age >= 10 ? .warning : .accent
        ProgressBar.draw(&canvas, bar, share: age / scale, ink: ink)
        canvas.write(NumberText.duration(age), ink == .accent ? .text : Style(ink), place, .right)
    }
}

extension EngineSnapshot {
    /// A run's requests in flight, oldest first.
    func requestsInFlight(of run: RunID) -> [RequestInFlight] { requestsInFlight.filter { $0.run == run } }
}
