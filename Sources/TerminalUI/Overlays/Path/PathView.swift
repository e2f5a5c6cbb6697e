import TerminalKit

/// A path that is typed, with what it could become.
enum PathView {
    static func draw(_ prompt: PathPrompt, _ model: Model, _ canvas: inout Canvas) {
        let isExport = prompt.purpose != .open
        let shown = min(prompt.completions.count, max(1, min(8, model.size.height - 9)))
        let area = OverlayView.window(
            &canvas, width: 76, height: isExport ? 7 : 5 + max(prompt.problem == nil ? 1 : 2, shown),
            Line(title(prompt.purpose), .bright, .bold))
        let content = area.content
        FieldBox.draw(&canvas, content.row(0), prompt.field, isFocused: true, hint: "/path/to/customers.csv")
        if let problem = prompt.problem {
            let lines = TextFit.wrap(problem, content.width, maximumLines: max(1, min(2, content.height - 2)))
            for (index, text) in lines.enumerated() { canvas.write(text, Style(.bad), content.row(2 + index)) }
            return
        }
        if isExport {
            guard case .export = prompt.purpose else {
                canvas.write("The run's counts, responses, reasons, and events.", .dim, content.row(2))
                return
            }
            canvas.write("All matching records; only you can read the file.", .dim, content.row(2))
            if model.leftOut != nil {
                canvas.write("Includes the rejected records that the list leaves out.", .accent, content.row(3))
                return
            }
            canvas.write("Formulas are escaped for spreadsheets.", .dim, content.row(3))
            return
        }
        if prompt.completions.isEmpty { canvas.write("no matches", .dim, content.row(2)) }
        for (index, name) in prompt.completions.prefix(shown).enumerated() {
            canvas.write(name, name.hasSuffix("/") ? .accent : .text, content.row(2 + index))
        }
        if prompt.completions.count > shown {
            canvas.write(
                "and \(NumberText.count(prompt.completions.count - shown)) more", .dim,
                area.row(area.height - 1).inset(x: 3), .right)
        }
    }

    private static func title(_ purpose: PathPrompt.Purpose) -> String {
        switch purpose {
        case .open: "Open a path"
        case .export: "Export as CSV"
        case .report: "Write a Markdown report"
        }
    }
}
