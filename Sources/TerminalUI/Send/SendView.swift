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
            right: wrong.map { Line($0, .bad) } ?? note(model, layout.browser.width - 22), isFocused: false)
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

    /// How long what is typed here holds.
    private static func note(_ model: Model, _ width: Int) -> Line {
        let option: String
        switch model.send.field {
        case .window: option = "--window"
        case .dailyLimit: option = "--daily-limit"
        case .minimumAge, .maximumAge, .concurrency, .rate, .onlyNew, nil: return Line()
        }
        let wordings = ["until restart; see \(option)", "until restart"]
        return Line(wordings.first { SafeText.width($0) <= width } ?? "", .dim)
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
        case .maximumAge, .rate, .dailyLimit: "none"
        case .concurrency: ""
        case .window: "always"
        case .onlyNew: "off"
        }
    }

    /// Rows of one or two fields; their names are whole words in any width.
    static func all(_ area: Rectangle) -> [FieldPlace] {
        let isWide = SendLayout.isWide(area.width)
        let (left, right) = isWide ? (12, 12) : (10, 3)
        let box = isWide ? 10 : max(4, min(10, (area.width - left - right - 1) / 2))
        let second = isWide ? area.width / 2 : left + box + 1
        return SendLayout.fields(area.width).enumerated().flatMap { row, fields in
            fields.enumerated().map { column, field in
                let place = area.row(row).after(column == 0 ? 0 : second)
                let label = column == 0 ? left : right
                // One that stands alone, and a name, take the room that there is.
                let room = place.width - label
                let width =
                    fields.count == 1 ? min(room, 44) : field == .onlyNew ? min(room, 20) : min(room, box)
                return FieldPlace(
                    field: field, label: name(field, isWide: isWide), labelArea: place.left(label - 1),
                    box: place.after(label).left(width))
            }
        }
    }

    private static func name(_ field: SendModel.Field, isWide: Bool) -> String {
        switch field {
        case .minimumAge: isWide ? "Minimum age" : "Ages"
        case .maximumAge: isWide ? "Maximum age" : "to"
        case .concurrency: "In flight"
        case .rate: isWide ? "Records/s" : "/s"
        case .window: isWide ? "Send window" : "Window"
        case .dailyLimit: isWide ? "Daily limit" : "Per day"
        case .onlyNew: "Only new"
        }
    }
}
