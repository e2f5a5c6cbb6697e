import CustomerRecords
import TerminalKit

/// A file whose header isn't understood: its columns, and what to do.
enum UnmappedView {
    /// What to do, the encoding first: in a wrong one neither titles nor values can be judged.
    private static func hints(_ source: SourceColumns, _ model: Model, _ width: Int) -> [Line] {
        let enter = Line("Enter", .accent, .bold)
        if let path = model.send.preview.path, model.send.needsEncoding(path, source) {
            let looks = source.guess.map { " (\($0.label)?)" } ?? ""
            return [
                Line("Not UTF-8" + looks, .warning, .bold),
                [
                    Line("Press ", .dim), enter,
                    Line(" to set the encoding" + (width < 46 ? "" : ", then the columns"), .dim),
                ],
            ]
        }
        let encoding: Line = [Line("   "), Line("E", .accent, .bold), Line(" encoding", .dim)]
        return [
            Line("Which column is which?", .warning, .bold),
            [
                Line(width < 44 ? "Press " : "Header not recognized: press ", .dim), enter,
                Line(width < 52 ? " to map it" : " to map the columns", .dim),
            ]
                + (source.isText ? Line() : encoding),
        ]
    }

    static func draw(_ source: SourceColumns, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let hints = hints(source, model, area.width)
        for (index, line) in hints.enumerated() { canvas.write(line, area.row(index)) }
        let body = area.below(hints.count + 1)
        let table = Table(
            columns: [
                TableColumn(title: "Column", width: 8, growth: 1, maximumWidth: 30),
                TableColumn(title: "Values", width: 10, growth: 2),
            ], count: source.columns.count, cursor: ListCursor(row: -1, top: 0), isFocused: false
        ) { index in
            let column = source.columns[index]
            return [
                Line(column.title.isEmpty ? "column \(column.number)" : column.title),
                Line(column.samples.prefix(4).map { MappingView.value($0, model) }.joined(separator: " · "), .dim),
            ]
        }
        table.draw(&canvas, Rectangle(x: body.x - 1, y: body.y, width: body.width + 2, height: body.height))
    }
}
