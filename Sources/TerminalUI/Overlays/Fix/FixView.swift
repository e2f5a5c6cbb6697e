import CustomerRecords
import DeliveryModel
import TerminalKit

/// One change for many records, with what it would do.
enum FixView {
    static func draw(_ fix: FixModel, _ model: Model, _ canvas: inout Canvas) {
        let height = min(model.size.height - 2, 22)
        let area = OverlayView.window(
            &canvas, width: 96, height: height, Line("Bulk fix", .bright, .bold),
            right: Line(fix.scope, .dim))
        let content = area.inset(x: 3, y: 1)
        for (index, row) in fix.rows.enumerated() { draw(row, fix, &canvas, content.row(index)) }
        let examples = content.below(5)
        canvas.divider(area, y: examples.y - 1, Line("Preview", .dim))
        drawPreview(fix, model, &canvas, examples.top(examples.height - 2))
        let note = content.row(content.height - 1)
        if let problem = fix.problem {
            canvas.write(problem, Style(.bad), note)
        } else {
            canvas.write(result(fix, note.width), note)
        }
    }

    private static func draw(_ row: FixModel.Row, _ fix: FixModel, _ canvas: inout Canvas, _ line: Rectangle) {
        let isFocused = fix.row == row
        canvas.write(label(row, fix), isFocused ? Style(.accent, .bold) : .dim, line.left(14))
        canvas.addRegion(line, .overlayRow(row.rawValue))
        let place = line.after(14)
        switch row {
        case .field:
            choices(KnownColumn.allCases.map { (MappingModel.label($0), $0 == fix.field) }, isFocused, &canvas, place)
        case .action:
            choices(FixModel.Action.allCases.map { (word($0), $0 == fix.action) }, isFocused, &canvas, place)
        case .first: FieldBox.draw(&canvas, place.left(44), fix.first, isFocused: isFocused)
        case .second: FieldBox.draw(&canvas, place.left(44), fix.second, isFocused: isFocused, hint: "nothing")
        }
    }

    private static func choices(
        _ words: [(String, Bool)], _ isFocused: Bool, _ canvas: inout Canvas, _ place: Rectangle
    ) {
        let line = words.map { word, isChosen in
            Line(
                " \(word) ",
                isChosen ? (isFocused ? Style(.onAccent, on: .accent, .bold) : Style(.bright, on: .field)) : .dim)
        }
        canvas.write(line.joined(separator: " "), place)
    }

    private static func label(_ row: FixModel.Row, _ fix: FixModel) -> String {
        switch row {
        case .field: "Field"
        case .action: "Change"
        case .first: fix.action == .trim ? "Characters" : fix.action == .replace ? "Find" : "Value"
        case .second: "Replace with"
        }
    }

    private static func word(_ action: FixModel.Action) -> String {
        switch action {
        case .trim: "trim"
        case .replace: "replace"
        case .set: "set"
        }
    }

    private static func drawPreview(_ fix: FixModel, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        guard fix.change != nil else {
            let hint =
                switch fix.action {
                case .trim: "Type the characters to remove from both ends."
                case .replace: "Type the text to find."
                case .set: "Type the new value."
                }
            canvas.write(hint, .dim, area.row(0))
            return
        }
        guard case .success(let preview) = fix.preview else { return }
        if preview.changed == 0 {
            canvas.write("No \(MappingModel.label(fix.field).lowercased()) changes.", .dim, area.row(0))
            return
        }
        let table = Table(
            columns: [
                TableColumn(title: "Line", width: 7, alignment: .right, importance: 1),
                TableColumn(title: "Old", width: 12, growth: 1, maximumWidth: 34),
                TableColumn(title: "New", width: 14, growth: 1, maximumWidth: 36),
                TableColumn(title: "", width: 9, growth: 1),
            ], count: preview.examples.count, cursor: ListCursor(row: -1, top: 0), isFocused: false
        ) { index in
            let example = preview.examples[index]
            func shown(_ text: String) -> String {
                fix.field == .cookie ? FailureText.cookie(text, isUnmasked: model.isUnmasked) : text
            }
            return [
                Line(example.line > 0 ? NumberText.count(example.line) : "–", .faint), Line(shown(example.old), .dim),
                [Line("→ ", .accent), Line(shown(example.new))],
                example.reason.map { Line("✗ " + FailureText.reason($0), .bad) } ?? Line("✓ valid", .good),
            ]
        }
        table.draw(&canvas, Rectangle(x: area.x - 1, y: area.y, width: area.width + 2, height: area.height))
    }

    private static func result(_ fix: FixModel, _ width: Int) -> Line {
        guard fix.change != nil else { return Line() }
        if fix.isSending { return Line("sending…", .accent) }
        switch fix.preview {
        case nil: return Line("counting…", .accent)
        case .failure(let error): return Line(error.message, .bad)
        case .success(let preview):
            var parts: [Line] = [
                Line("\(NumberText.count(preview.changed)) of \(NumberText.count(preview.selected)) changed"),
                Line("\(NumberText.count(preview.valid)) valid", preview.valid > 0 ? .good : .dim, .bold),
            ]
            for reason in ReasonCode.allCases {
                guard let count = preview.broken[reason] else { continue }
                parts.append(Line("\(FailureText.reason(reason)) \(NumberText.count(count))", .bad))
            }
            parts.append(
                preview.valid > 0
                    ? [Line("Enter", .accent, .bold), Line(" Resend", .dim)]
                    : Line("nothing to send", .warning))
            return parts.fitting(width, separators: [" · ", " "])
        }
    }
}
