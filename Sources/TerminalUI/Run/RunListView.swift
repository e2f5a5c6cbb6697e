import DeliveryModel
import TerminalKit

/// The runs beside the one that is shown.
enum RunListView {
    static func drawPanel(
        _ runs: [RunSnapshot], _ shown: RunID, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle
    ) {
        canvas.panel(area, Line("Runs", .bright, .bold), right: Line("\(runs.count)", .dim))
        let rows = area.inset(x: 1, y: 1)
        let index = runs.firstIndex { $0.id == shown } ?? 0
        var cursor = ListCursor(row: index, top: 0)
        cursor.keepVisible(count: runs.count, page: rows.height)
        let table = Table(
            columns: [
                TableColumn(title: "", width: 1), TableColumn(title: "", width: 4, alignment: .right),
                TableColumn(title: "", width: 6, growth: 1, cutsMiddle: true),
                TableColumn(title: "", width: 6, alignment: .right),
            ], count: runs.count, cursor: cursor, hasHead: false
        ) { index in
            let run = runs[index]
            let ink = RunText.ink(run.summary)
            return [
                Line(RunText.symbol(run.summary), ink), Line("\(run.id)", .dim),
                Line(RunText.source(run.summary.source)),
                Line(RunText.share(run).map(NumberText.percent) ?? "–", .dim),
            ]
        }
        table.draw(&canvas, rows)
    }

    static func drawStrip(_ runs: [RunSnapshot], _ shown: RunID, _ canvas: inout Canvas, _ row: Rectangle) {
        var x = row.x + 1
        // The shown run is always in sight: the strip begins with it when it wouldn't fit.
        let index = runs.firstIndex { $0.id == shown } ?? 0
        for (offset, run) in runs.enumerated().dropFirst(max(0, index - 1)) {
            let isShown = run.id == shown
            let name = TextFit.middle(RunText.source(run.summary.source), 18)
            let share = RunText.share(run).map { " " + NumberText.percent($0) } ?? ""
            let ground: Ground = isShown ? .selection : .base
            let line: Line = [
                Line(" " + RunText.symbol(run.summary), RunText.ink(run.summary)),
                Line(" \(run.id) ", isShown ? Style(.bright, .bold) : .dim),
                Line(name, isShown ? .text : .dim), Line(share + " ", .dim),
            ]
            guard x + line.width < row.right - 1 else {
                canvas.write("…", .dim, Rectangle(x: x, y: row.y, width: 1, height: 1))
                break
            }
            let place = Rectangle(x: x, y: row.y, width: line.width, height: 1)
            canvas.write(line.on(ground), place)
            canvas.addRegion(place, .row(offset))
            x += line.width + 1
        }
    }
}
