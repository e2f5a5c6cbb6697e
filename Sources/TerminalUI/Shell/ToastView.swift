import TerminalKit

/// Messages that go by themselves.
enum ToastView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        var bottom = Layout(model.size).footer.y
        for toast in model.toasts.reversed() {
            let room = min(64, canvas.size.width - 10)
            let lines = TextFit.wrap(toast.text, room, maximumLines: 4)
            guard !lines.isEmpty, bottom - lines.count - 2 >= 1 else { break }
            let width = (lines.map { SafeText.width($0) }.max() ?? 0) + 6
            let area = Rectangle(
                x: canvas.size.width - width - 1, y: bottom - lines.count - 2, width: width, height: lines.count + 2)
            let (symbol, ink): (String, Ink) =
                switch toast.kind {
                case .good: ("✓", .good)
                case .info: ("·", .accent)
                case .warning: ("!", .warning)
                case .bad: ("✗", .bad)
                }
            canvas.fill(area)
            canvas.panel(area, Line(), ink: ink)
            canvas.write(symbol, Style(ink, .bold), area.content.row(0))
            for (index, line) in lines.enumerated() { canvas.write(line, .text, area.content.after(2).row(index)) }
            bottom = area.y
        }
    }
}
