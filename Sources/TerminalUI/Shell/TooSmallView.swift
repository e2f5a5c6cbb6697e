import TerminalKit

/// What is said when nothing can be shown.
enum TooSmallView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        var lines: [Line] = [
            Line("The terminal is too small", .warning, .bold),
            Line("\(model.size.width)×\(model.size.height), needs 60×16", .dim),
        ]
        if model.asksToQuit {
            lines.append(Line("Runs are active. Resume them later.", .warning))
            lines.append(Line("Press q again to quit", .warning))
        } else {
            lines.append(Line("q quits", .dim))
        }
        let top = max(0, (canvas.size.height - lines.count) / 2)
        for (index, line) in lines.enumerated() {
            canvas.write(line, canvas.area.row(top + index), .center)
        }
    }
}
