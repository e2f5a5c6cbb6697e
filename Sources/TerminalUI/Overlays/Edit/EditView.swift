import CustomerRecords
import DeliveryModel
import TerminalKit

/// The fields of a failed record, checked as they are typed.
enum EditView {
    static func draw(_ edit: EditModel, _ model: Model, _ canvas: inout Canvas) {
        let record = edit.record
        let place = record.line > 0 ? "line \(NumberText.count(record.line))" : "record \(record.id)"
        let area = OverlayView.window(
            &canvas, width: 76, height: 14, Line("Edit and resend", .bright, .bold),
            right: Line("run \(record.run), \(place)", .dim))
        let content = area.inset(x: 3, y: 2)
        let why =
            record.reason.map { "\(FailureText.reason($0)): \(FailureText.onScreen(record.message))" } ?? record.message
        for (index, text) in TextFit.wrap(why, content.width, maximumLines: 2).enumerated() {
            canvas.write(text, Style(.warning), content.row(index))
        }
        var isValid = true
        for row in EditModel.Row.allCases {
            let line = content.row(3 + row.rawValue)
            let isFocused = edit.row == row
            let fault = FieldCheck.fault(in: edit, row, rules: model.setup.rules)
            if fault != nil { isValid = false }
            canvas.write(label(row), isFocused ? Style(.accent, .bold) : .dim, line.left(9))
            let width = max(16, min(line.width - 9 - 24, 44))
            let isMasked = row == .cookie && !isFocused && !model.isUnmasked
            let field =
                isMasked
                ? TextField(FailureText.cookie(edit.fields[row.rawValue].text, isUnmasked: false))
                : edit.fields[row.rawValue]
            FieldBox.draw(&canvas, line.after(9).left(width), field, isFocused: isFocused, isWrong: fault != nil)
            canvas.addRegion(line, .overlayRow(row.rawValue))
            canvas.write(
                fault.map { Line("✗ " + $0, .bad) } ?? Line("✓", .good), line.after(9 + width + 1))
        }
        let note: Line
        if let problem = edit.problem {
            note = Line(problem, .bad)
        } else if edit.isSending {
            note = Line("sending…", .accent)
        } else {
            note =
                isValid
                ? [Line("Press ", .dim), Line("Enter", .accent, .bold), Line(" to resend it as a separate run", .dim)]
                : Line("Every field must be valid before it can be sent", .dim)
        }
        if drawRaw(record, model, &canvas, content.below(7)), edit.problem == nil, !edit.isSending { return }
        for (index, text) in TextFit.wrap(note.plain, content.width, maximumLines: 2).enumerated() {
            if note.spans.count > 1 {
                canvas.write(note, content.row(8))
                break
            }
            canvas.write(text, note.spans.first?.style ?? .dim, content.row(8 + index))
        }
    }

    /// Of a record that could not be taken apart there are no fields to edit, only what was read.
    ///
    /// - Returns: whether there was.
    private static func drawRaw(
        _ record: FailedRecord, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle
    ) -> Bool {
        guard record.name.isEmpty, record.cookie.isEmpty, !record.raw.isEmpty else { return false }
        canvas.write("As read", .dim, area.row(0).left(9))
        guard model.isUnmasked else {
            canvas.write(TextFit.end(record.raw, 40), .text, area.row(0).after(9))
            return false
        }
        let place = area.after(9)
        for (index, text) in TextFit.wrap(record.raw, place.width, maximumLines: place.height).enumerated() {
            canvas.write(text, .text, place.row(index))
        }
        return true
    }

    private static func label(_ row: EditModel.Row) -> String {
        switch row {
        case .name: "Name"
        case .age: "Age"
        case .cookie: "Cookie"
        case .bannerID: "Banner"
        }
    }
}
