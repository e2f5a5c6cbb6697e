import TerminalKit

/// A question with its answers as buttons.
enum ConfirmationView {
    static func draw(_ confirmation: Confirmation, _ model: Model, _ canvas: inout Canvas) {
        let question = model.question(confirmation.subject)
        let focus = question.focus(confirmation)
        let buttons = question.choices.map(label)
        let buttonWidth = buttons.reduce(0) { $0 + SafeText.width($1) + 2 }
        let textWidth = max(question.lines.map(\.width).max() ?? 0, question.word == nil ? 0 : 44)
        let isDangerous = question.choices.contains(where: \.isDangerous)
        let width = max(textWidth, buttonWidth, SafeText.width(question.title) + 6) + 6
        let area = OverlayView.window(
            &canvas, width: width, height: question.lines.count + (question.word == nil ? 6 : 8),
            Line(question.title, .bright, .bold),
            ink: isDangerous ? .warning : .accent)
        let content = area.inset(x: 3, y: 2)
        // The buttons have their place, whatever there is to say.
        let lines = content.top(max(0, content.height - 2))
        for (index, line) in question.lines.enumerated() { canvas.write(line, lines.row(index)) }
        if let word = question.word {
            let row = lines.row(lines.height - 1)
            let label = "Type \(word) to confirm: "
            canvas.write(label, Style(.warning, .bold), row)
            FieldBox.draw(
                &canvas, row.after(SafeText.width(label)), confirmation.typed, isFocused: true,
                isWrong: !word.hasPrefix(confirmation.typed.text))
        }
        var x = max(content.x, content.right - buttonWidth + 2)
        for (index, choice) in question.choices.enumerated() {
            let isFocused = index == focus
            let text = buttons[index]
            let place = Rectangle(x: x, y: content.bottom - 1, width: SafeText.width(text), height: 1)
            let ground: Ground = isFocused ? (choice.isDangerous ? .bad : .accent) : .field
            let ink: Ink = isFocused ? (choice.isDangerous ? .onBad : .onAccent) : choice.isDangerous ? .bad : .text
            canvas.write(text, Style(ink, on: ground, isFocused ? .bold : []), place)
            // The key stands out in the label.
            let keyStyle = Style(isFocused ? ink : .accent, on: ground, [.bold, .underline])
            canvas.write(
                choice.key.name, keyStyle, Rectangle(x: x + 1, y: place.y, width: choice.key.name.count, height: 1))
            canvas.addRegion(place, .overlayRow(index))
            x += place.width + 2
        }
    }

    private static func label(_ choice: Question.Choice) -> String { " \(choice.key.name) \(choice.label) " }
}
