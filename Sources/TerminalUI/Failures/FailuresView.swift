import CustomerRecords
import DeliveryModel
import TerminalKit

enum FailuresView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        let failures = model.failures
        let layout = FailuresLayout(model.size, hasDetail: failures.hasDetail)
        let count = Figures.count(failures.count)
        let position = failures.count > 0 ? "\(Figures.count(failures.cursor.row + 1)) of \(count)" : "0"
        canvas.panel(
            layout.table, title(failures), right: right(failures, position),
            foot: filters(failures.query), isFocused: model.overlays.isEmpty)
        canvas.addRegion(layout.table, .list)
        let table = Table(
            columns: FailuresTable.columns(failures.query, isUnmasked: model.isUnmasked), count: failures.count,
            cursor: failures.cursor,
            isFocused: true
        ) { index in
            failures.row(index).map { FailuresTable.cells($0, model) }
        }
        table.draw(&canvas, layout.table.inset(x: 1, y: 1))
        if failures.count == 0 { drawEmpty(model, &canvas, layout.rows) }
        drawRange(failures, &canvas, layout.rows)
        if !layout.detail.isEmpty { FailureDetailView.draw(model, &canvas, layout.detail) }
    }

    private static func title(_ failures: FailuresModel) -> Line {
        if failures.isFiltering || !failures.filter.isEmpty {
            return [
                Line("/ ", .accent, .bold), Line(TextFit.start(failures.filter.text, 28), .bright),
                Line(failures.isFiltering ? "▏" : "", .accent),
            ]
        }
        let scope = failures.query.run.map { "run \($0)" } ?? "all runs"
        return [Line("Failures", .bright, .bold), Line(" of \(scope)", .dim)]
    }

    private static func right(_ failures: FailuresModel, _ position: String) -> Line {
        if failures.isReading, failures.isLoaded { return Line("reading…", .accent) }
        guard failures.marked > 0 else { return Line(position, .dim) }
        return [Line("● \(Figures.count(failures.marked)) marked", .mark), Line("   " + position, .dim)]
    }

    private static func filters(_ query: FailureQuery) -> Line {
        var parts: [Line] = []
        if !query.kinds.isEmpty { parts.append(Line(FailureText.kinds(query.kinds), .accent)) }
        if let reason = query.reason { parts.append(Line("reason: " + FailureText.reason(reason), .accent)) }
        return parts.joined(separator: Line(" · ", .faint))
    }

    private static func drawRange(_ failures: FailuresModel, _ canvas: inout Canvas, _ rows: Rectangle) {
        guard let start = failures.rangeStart else { return }
        let range = min(start, failures.cursor.row)...max(start, failures.cursor.row)
        for row in 0..<rows.height where range.contains(failures.cursor.top + row) {
            canvas.set(Glyph(text: "▐", width: 1), rows.x, rows.y + row, Style(.mark))
        }
    }

    private static func drawEmpty(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let failures = model.failures
        let lines: [Line]
        if let problem = failures.problem {
            lines = [Line(problem, .bad)]
        } else if !failures.isLoaded {
            lines = [Line("reading…", .dim)]
        } else if failures.query.text.isEmpty, failures.query.kinds.isEmpty, failures.query.reason == nil {
            lines = [
                [Line("✓ ", .good, .bold), Line("Nothing failed")], Line(),
                Line("What breaks a rule or isn't delivered is listed here,", .dim),
                Line("to be mended and sent again.", .dim),
            ]
        } else {
            lines = [
                Line("Nothing matches the filter", .dim), Line(),
                [
                    Line("f", .accent, .bold), Line(" class  ", .dim), Line("o", .accent, .bold),
                    Line(" reason  ", .dim),
                    Line("Esc", .accent, .bold), Line(" text", .dim),
                ],
            ]
        }
        let top = max(0, (area.height - lines.count) / 2)
        for (index, line) in lines.enumerated() { canvas.write(line, area.row(top + index), .center) }
    }
}
