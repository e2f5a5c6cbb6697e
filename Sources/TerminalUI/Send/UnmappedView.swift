import CustomerRecords
import TerminalKit

/// A file whose header isn't understood: its columns, and what to do.
enum UnmappedView {
    static func draw(_ source: SourceColumns, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        canvas.write("Which column is which?", Style(.warning, .bold), area.row(0))
        canvas.write(
            [
                Line("Header not recognized: ", .dim), Line("Enter", .accent, .bold),
                Line(" maps the columns", .dim),
            ], area.row(1))
        let body = area.below(3)
        let table = Table(
            columns: [
                TableColumn(title: "Column", width: 8, growth: 1, most: 30),
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
