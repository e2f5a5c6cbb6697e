import TerminalKit

enum PaletteView {
    static func draw(_ palette: PaletteModel, _ model: Model, _ canvas: inout Canvas) {
        let entries = PaletteEntries.matching(palette.field.text, in: model)
        let page = PaletteLayout(model.size).page
        let area = OverlayView.window(
            &canvas, width: 76, height: page + 4, Line("Command", .bright, .bold),
            right: Line("\(entries.count)", .dim))
        let content = area.content
        FieldBox.draw(&canvas, content.row(0), palette.field, isFocused: true, hint: "type what you want to do")
        let table = Table(
            columns: [
                TableColumn(title: "", width: 9), TableColumn(title: "", width: 15),
                TableColumn(title: "", width: 16, growth: 1),
            ], count: entries.count, cursor: palette.cursor, hasHead: false
        ) { index in
            let entry = entries[index]
            let canDo = entry.obstacle == nil
            return [
                Line(entry.binding.keys[0].name, canDo ? Style(.accent, .bold) : .faint),
                Line(entry.binding.label, canDo ? .text : .dim), Line(entry.obstacle ?? entry.binding.help, .dim),
            ]
        }
        // The rows are the overlay's, not the screen's below.
        let rows = area.inset(x: 1, y: 1).below(2)
        var layer = Canvas(canvas.size)
        table.draw(&layer, rows)
        canvas.take(layer, rows)
        if entries.isEmpty { canvas.write("no matches", .dim, content.row(2)) }
        for (line, index) in (palette.cursor.top..<min(entries.count, palette.cursor.top + rows.height)).enumerated() {
            canvas.addRegion(rows.row(line), .overlayRow(index))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, rows, count: entries.count, top: palette.cursor.top)
    }
}
