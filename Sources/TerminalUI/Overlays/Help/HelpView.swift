import TerminalKit

enum HelpView {
    static func draw(_ help: HelpModel, _ model: Model, _ canvas: inout Canvas) {
        let rows = HelpLayout.rows(model)
        let place = HelpLayout(model.size).area
        let area = OverlayView.window(
            &canvas, width: place.width, height: place.height, Line("Help", .bright, .bold),
            right: Line("data-connector", .dim))
        let content = area.content
        for (line, row) in rows.dropFirst(help.top).prefix(content.height).enumerated() {
            let place = content.row(line)
            if let heading = row.heading {
                canvas.write(heading, Style(.bright, .bold), place)
                continue
            }
            canvas.write(row.keys, Style(row.canDo ? .accent : .faint, .bold), place.left(14))
            canvas.write(row.text, row.canDo ? .text : .dim, place.after(16))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, content, count: rows.count, top: help.top)
    }
}
