import DeliveryModel
import TerminalKit

/// The requests to the API, one of them in full.
enum InspectorView {
    static func draw(_ inspector: InspectorModel, _ model: Model, _ canvas: inout Canvas) {
        let layout = InspectorLayout(model.size)
        let traces = inspector.traces
        let area = OverlayView.window(
            &canvas, width: layout.window.width, height: layout.window.height, title(inspector),
            right: Line(right(inspector, traces.count), .dim))
        let table = Table(
            columns: [
                TableColumn(title: "Time", width: 8), TableColumn(title: "Batch", width: 6, alignment: .right),
                TableColumn(title: "Records", width: 7, alignment: .right, importance: 1),
                TableColumn(title: "Try", width: 3, alignment: .right),
                TableColumn(title: "Response", width: 10), TableColumn(title: "Took", width: 8, alignment: .right),
                TableColumn(title: "Lines", width: 9, growth: 1, importance: 2),
            ], count: traces.count, cursor: inspector.cursor
        ) { index in
            let trace = traces[index]
            let lines =
                trace.lines.count == 1
                ? NumberText.count(trace.lines.lowerBound)
                : "\(NumberText.count(trace.lines.lowerBound))–\(NumberText.count(trace.lines.upperBound))"
            return [
                Line(model.time.clock(trace.started), .dim), Line(NumberText.count(trace.batch)),
                Line(NumberText.count(trace.records), .dim), Line("\(trace.attempt)", .dim), TraceText.status(trace),
                Line(TraceText.time(trace, model), .dim), Line(lines, .dim),
            ]
        }
        var layer = Canvas(canvas.size)
        table.draw(&layer, layout.list)
        canvas.take(layer, layout.list)
        let rows = layout.list.below(1)
        let top = inspector.cursor.top
        for (line, index) in (top..<max(top, min(traces.count, top + rows.height))).enumerated() {
            canvas.addRegion(rows.row(line), .overlayRow(index))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, rows, count: traces.count, top: top)
        canvas.divider(area, y: layout.detail.y - 1, Line("Request", .bright, .bold))
        drawDetail(inspector, model, &canvas, layout.detail)
    }

    private static func title(_ inspector: InspectorModel) -> Line {
        switch inspector.scope {
        case .run(let run): [Line("Requests", .bright, .bold), Line(" of run \(run)", .dim)]
        case .record(let record):
            [Line("Requests", .bright, .bold), Line(" with line \(NumberText.count(record.line))", .dim)]
        }
    }

    private static func right(_ inspector: InspectorModel, _ count: Int) -> String {
        (inspector.showsFaultsOnly ? "failed only  " : "") + NumberText.count(count)
            + ((inspector.all?.count ?? 0) >= 500 ? " of the last 500" : "")
    }

    private static func drawDetail(
        _ inspector: InspectorModel, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle
    ) {
        if let problem = inspector.problem {
            canvas.write(problem, Style(.bad), area.row(0))
            return
        }
        guard let trace = inspector.current else {
            let text =
                inspector.all == nil
                ? "reading…"
                : inspector.showsFaultsOnly ? "no failed requests" : "Not among the last 500 requests of this process"
            canvas.write(text, .dim, area.row(0))
            return
        }
        let lines = TraceText.lines(trace, attempts: inspector.attempts(of: trace), model, width: area.width)
        let top = min(inspector.top, max(0, lines.count - area.height))
        for (index, line) in lines.dropFirst(top).prefix(area.height).enumerated() {
            canvas.write(line, area.row(index))
        }
        Scrollbar.draw(&canvas, x: area.right + 1, area, count: lines.count, top: top)
    }
}
