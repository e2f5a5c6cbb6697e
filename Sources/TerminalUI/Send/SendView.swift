import CustomerRecords
import TerminalKit

/// The screen where a file is picked and sent.
enum SendView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        let layout = SendLayout(model)
        BrowserView.draw(model, &canvas, layout)
        drawFields(model, &canvas, layout)
        PreviewView.draw(model, &canvas, layout)
        if let folder = model.send.dropFolder { DropFolderView.draw(folder, model, &canvas, layout.dropFolder) }
    }

    private static func drawFields(_ model: Model, _ canvas: inout Canvas, _ layout: SendLayout) {
        let isFocused = model.send.field != nil
        let wrong = SendModel.Field.allCases.compactMap { model.send.problem($0) }.first
        canvas.divider(
            layout.browser, y: layout.fields.y - 1, Line("Ages and pace", isFocused ? .accent : .dim),
            right: wrong.map { Line($0, .bad) } ?? Line(), isFocused: false)
        for place in FieldPlace.all(layout.fields) {
            let hasKeys = model.send.field == place.field
            canvas.write(place.label, hasKeys ? Style(.accent, .bold) : .dim, place.labelArea)
            FieldBox.draw(
                &canvas, place.box, model.send.fields[place.field] ?? TextField(), isFocused: hasKeys,
                hint: place.hint, isWrong: model.send.problem(place.field) != nil)
            canvas.addRegion(place.labelArea, .field(place.field))
            canvas.addRegion(place.box, .field(place.field))
        }
    }
}

/// Where a field below the browser stands.
private struct FieldPlace {
    var field: SendModel.Field
    var label: String
    var labelArea: Rectangle
    var box: Rectangle

    var hint: String {
        switch field {
        case .minimumAge: "0"
        case .maximumAge, .rate: "none"
        case .concurrency: ""
        }
    }

    /// Two rows of two fields; their names are whole words in any width.
    static func all(_ area: Rectangle) -> [FieldPlace] {
        let half = area.width / 2
        let isWide = half >= 22
        let names: [SendModel.Field: String] =
            isWide
            ? [.minimumAge: "Minimum age", .maximumAge: "Maximum age", .concurrency: "In flight", .rate: "Records/s"]
            : [.minimumAge: "Ages", .maximumAge: "to", .concurrency: "In flight", .rate: "/s"]
        let (left, right) = isWide ? (12, 12) : (10, 3)
        let box = isWide ? 10 : max(4, min(10, (area.width - left - right - 1) / 2))
        let second = isWide ? half : left + box + 1
        return SendModel.Field.allCases.map { field in
            let (column, row) = (field.rawValue % 2, field.rawValue / 2)
            let place = area.row(row * (area.height >= 4 ? 2 : 1)).after(column == 0 ? 0 : second)
            let label = column == 0 ? left : right
            return FieldPlace(
                field: field, label: names[field] ?? "", labelArea: place.left(label - 1),
                box: place.after(label).left(box))
        }
    }
}
