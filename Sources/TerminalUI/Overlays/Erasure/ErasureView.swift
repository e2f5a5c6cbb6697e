import DeliveryModel
import TerminalKit

/// What of a person is stored, and the word that erases it.
enum ErasureView {
    static func draw(_ erasure: ErasureModel, _ model: Model, _ canvas: inout Canvas) {
        let layout = ErasureLayout(model.size)
        let area = OverlayView.window(
            &canvas, width: layout.width, height: layout.height,
            Line(erasure.isDone ? "Erasure" : "Erase this person?", .bright, .bold), ink: .warning)
        let content = area.inset(x: 3, y: 1)
        canvas.write(
            [
                Line("cookie  ", .dim),
                Line(FailureText.cookie(erasure.cookie, isUnmasked: model.isUnmasked), .bright, .bold),
            ], content.row(0))
        let rows = content.below(2).top(layout.page)
        let lines = erasure.lines(layout.columns)
        for (index, line) in lines.dropFirst(erasure.top).prefix(rows.height).enumerated() {
            canvas.write(line, rows.row(index))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, rows, count: lines.count, top: erasure.top)
        if erasure.report == nil { drawMessage(erasure, &canvas, rows) }
        drawAnswer(erasure, &canvas, content.below(layout.page + 3))
    }

    private static func drawMessage(_ erasure: ErasureModel, _ canvas: inout Canvas, _ rows: Rectangle) {
        guard case .failed(let message) = erasure.stage else {
            return canvas.write("counting…", Style(.accent), rows.row(0))
        }
        let lines = TextFit.wrap(FailureText.onScreen(message), rows.width, maximumLines: rows.height)
        for (index, line) in lines.enumerated() { canvas.write(line, Style(.bad), rows.row(index)) }
    }

    private static func drawAnswer(_ erasure: ErasureModel, _ canvas: inout Canvas, _ place: Rectangle) {
        switch erasure.stage {
        case .asking where erasure.asksForWord:
            canvas.write("This can't be undone. The audit log records it.", .dim, place.row(0))
            let label = "Type \(ErasureModel.word) to confirm: "
            canvas.write(label, Style(.warning, .bold), place.row(1))
            FieldBox.draw(
                &canvas, place.row(1).after(SafeText.width(label)), erasure.typed, isFocused: true,
                isWrong: !ErasureModel.word.hasPrefix(erasure.typed.text))
        case .erasing: canvas.write("erasing…", Style(.accent), place.row(0))
        case .done(let report) where !report.isComplete:
            canvas.write("Some data was not erased. It is named above.", Style(.warning, .bold), place.row(0))
        case .done: canvas.write("Done.", Style(.good, .bold), place.row(0))
        case .asking, .counting, .failed: break
        }
    }
}
