import CustomerRecords
import DeliveryModel
import TerminalKit

enum FailuresView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        let failures = model.failures
        let layout = model.failuresLayout
        let count = NumberText.count(failures.count)
        let position = failures.count > 0 ? "\(NumberText.count(failures.cursor.row + 1)) of \(count)" : "0"
        let hasKeys = model.overlays.isEmpty && !failures.facets.isFocused
        canvas.panel(
            layout.table, title(failures), right: right(failures, position),
            foot: foot(model, layout.table.width - 6), isFocused: hasKeys)
        canvas.addRegion(layout.table, .list)
        let rows = (failures.cursor.top..<failures.cursor.top + layout.rows.height).compactMap { failures.row($0) }
        let content = FailuresTable(model, visible: rows)
        let table = Table(
            columns: content.columns, count: failures.count, cursor: failures.cursor, isFocused: hasKeys
        ) { index in
            failures.row(index).map { content.cells($0) }
        }
        table.draw(&canvas, layout.table.inset(x: 1, y: 1))
        if failures.count == 0 { drawEmpty(model, &canvas, layout.rows) }
        drawRange(failures, &canvas, layout.rows)
        if !layout.detail.isEmpty { FailureDetailView.draw(model, &canvas, layout.detail) }
        FacetsView.draw(model, &canvas, layout.facets)
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
        return [Line("● \(NumberText.count(failures.marked)) marked", .mark), Line("   " + position, .dim)]
    }

    /// What filters, and what the list leaves out.
    private static func foot(_ model: Model, _ width: Int) -> Line {
        let query = model.failures.query
        var parts: [Line] = []
        if !query.kinds.isEmpty { parts.append(Line(FailureText.kinds(query.kinds), .accent)) }
        if let reason = query.reason { parts.append(Line("reason: " + FailureText.reason(reason), .accent)) }
        if let status = query.status { parts.append(Line("status: " + status, .accent)) }
        if let leftOut = model.leftOut {
            let text =
                (query.run == nil ? "run \(leftOut.run): " : "")
                + "first \(NumberText.count(leftOut.listed)) of \(NumberText.count(leftOut.total)) rejected"
            let path = leftOut.path ?? "rejected.csv of the run"
            // The numbers, the run's folder, and the file's own name stay, whatever the width.
            let end = leftOut.path.map { "…/" + $0.split(separator: "/").suffix(3).joined(separator: "/") } ?? path
            let numbers = "first \(NumberText.count(leftOut.listed)) of \(NumberText.count(leftOut.total))"
            let wordings = [
                text + " records; all of them: " + path, text + "; all: " + path, text + "; all: " + end,
                numbers + " rejected; all: " + end, numbers + "; all: " + end,
            ]
            let note = wordings.first { SafeText.width($0) <= width } ?? numbers
            parts.append(Line(note, .warning))
        }
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
        } else if failures.query.isUnfiltered {
            lines = [
                [Line("✓ ", .good, .bold), Line("No failures")], Line(),
                Line("Rejected and undelivered records appear here,", .dim),
                Line("ready to edit and resend.", .dim),
            ]
        } else {
            lines = [
                Line("No matches", .dim), Line(),
                [
                    Line("Press ", .dim), Line("Esc", .accent, .bold), Line(" to clear the filters, ", .dim),
                    Line("f", .accent, .bold), Line(" for facets", .dim),
                ],
            ]
        }
        let top = max(0, (area.height - lines.count) / 2)
        for (index, line) in lines.enumerated() { canvas.write(line, area.row(top + index), .center) }
    }
}
