import CustomerRecords

/// The screen where a file is picked and sent.
enum SendView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        let layout = SendLayout(model.size)
        BrowserView.draw(model, &canvas, layout)
        drawFields(model, &canvas, layout)
        PreviewView.draw(model, &canvas, layout)
    }

    private static func drawFields(_ model: Model, _ canvas: inout Canvas, _ layout: SendLayout) {
        let isFocused = model.send.field != nil
        let wrong = SendModel.Field.allCases.compactMap { model.send.problem($0) }.first
        canvas.divider(
            layout.browser, y: layout.fields.y - 1, Line("Ages and pace", isFocused ? .accent : .dim),
            right: wrong.map { Line($0, .bad) } ?? Line(), isFocused: false)
        let area = layout.fields
        let isRoomy = area.height >= 4
        let step = isRoomy ? 2 : 1
        let half = area.width / 2
        let labels =
            half >= 22
            ? ["Minimum age", "Maximum age", "In flight", "Records/s"]
            : half >= 15 ? ["Min age", "Max age", "Reqs", "Rec/s"] : ["Min", "Max", "Req", "/s"]
        let labelWidth = (labels.map(\.count).max() ?? 0) + 1
        let places: [(SendModel.Field, String, String, Int, Int)] = [
            (.minimumAge, labels[0], "0", 0, 0), (.maximumAge, labels[1], "none", 1, 0),
            (.concurrency, labels[2], "", 0, 1), (.rate, labels[3], "none", 1, 1),
        ]
        for (field, label, hint, column, row) in places {
            let width = column == 0 ? half - 1 : area.width - half
            let cell = Rectangle(
                x: area.x + column * half, y: area.y + row * step, width: width, height: 1)
            let hasKeys = model.send.field == field
            canvas.write(label, hasKeys ? Style(.accent, .bold) : .dim, cell.left(labelWidth))
            let box = cell.after(labelWidth)
            FieldBox.draw(
                &canvas, box.left(min(box.width, 10)), model.send.fields[field] ?? TextField(), isFocused: hasKeys,
                hint: hint, isWrong: model.send.problem(field) != nil)
            canvas.addRegion(cell, .field(field))
        }
    }
}
