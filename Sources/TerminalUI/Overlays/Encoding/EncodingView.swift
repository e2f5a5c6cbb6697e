import DeliveryModel
import TerminalKit

/// In which encoding a file is written, with what it reads like.
enum EncodingView {
    static func draw(_ encoding: EncodingModel, _ model: Model, _ canvas: inout Canvas) {
        let layout = EncodingLayout(model.size)
        let area = OverlayView.window(
            &canvas, width: layout.window.width, height: layout.window.height, Line("Encoding", .bright, .bold),
            right: Line(TextFit.middle(Model.name(of: encoding.path), max(8, layout.window.width - 20)), .dim))
        let content = area.content
        FieldBox.draw(
            &canvas, content.row(0).left(layout.list.width), encoding.field, isFocused: true, hint: "type a name")
        let choices = encoding.choices
        if choices.isEmpty { canvas.write("no matches", .dim, layout.list.row(0)) }
        let table = Table(
            columns: [
                TableColumn(title: "", width: 12), TableColumn(title: "", width: 8, growth: 1, importance: 1),
            ], count: choices.count, cursor: encoding.cursor, hasHead: false
        ) { index in
            [Line(choices[index].label), Line(choices[index].use, .dim)]
        }
        var layer = Canvas(canvas.size)
        let rows = Rectangle(
            x: layout.list.x - 1, y: layout.list.y, width: layout.list.width + 1, height: layout.list.height)
        table.draw(&layer, rows)
        canvas.take(layer, Rectangle(x: rows.x, y: rows.y, width: rows.width + 1, height: rows.height))
        let top = encoding.cursor.top
        for (line, index) in (top..<max(top, min(choices.count, top + rows.height))).enumerated() {
            canvas.addRegion(rows.row(line), .overlayRow(index))
        }
        drawSample(encoding, &canvas, layout.sample)
    }

    private static func drawSample(_ encoding: EncodingModel, _ canvas: inout Canvas, _ area: Rectangle) {
        guard let selected = encoding.selected else { return }
        canvas.write("Preview", .dim, area.row(0))
        let lines = area.below(2)
        switch encoding.samples[selected.name ?? ""] {
        case nil: canvas.write("reading…", .dim, lines.row(0))
        case .failure(let error):
            for (index, text) in TextFit.wrap(error.message, lines.width).prefix(lines.height).enumerated() {
                canvas.write(text, Style(.bad), lines.row(index))
            }
        case .success(let sample):
            for (index, text) in sample.lines.prefix(lines.height).enumerated() {
                let isBroken = text.contains("\u{FFFD}")
                canvas.write(TextFit.end(text, lines.width), isBroken ? Style(.bad) : .text, lines.row(index))
            }
            if !sample.isTelling {
                canvas.write("Only ASCII here; most encodings look the same", .dim, lines.row(sample.lines.count + 1))
            }
        }
    }
}
