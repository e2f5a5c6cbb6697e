import DeliveryModel
import Foundation
import TerminalKit

/// The program's log.
enum LogView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let log = model.log
        let title: Line =
            log.isSearching || !log.search.isEmpty
            ? [
                Line("/ ", .accent, .bold), Line(TextFit.start(log.search.text, 30), .bright),
                Line(log.isSearching ? "▏" : "", .accent),
            ] : Line("Log", .bright, .bold)
        // What is kept out of the log can't be shown.
        let level = "\(max(log.level, model.setup.logLevel).rawValue) and above"
        canvas.panel(
            area, title,
            right: [
                Line(level, .dim), Line(log.follows ? "   ● following" : "   ○ paused", log.follows ? .good : .dim),
            ],
            isFocused: model.overlays.isEmpty)
        canvas.addRegion(area, .list)
        let rows = area.inset(x: 1, y: 1)
        let table = Table(
            columns: [
                TableColumn(title: "", width: 8), TableColumn(title: "", width: 8),
                TableColumn(title: "", width: 10, growth: 1),
            ], count: log.shown.count, cursor: log.cursor, hasHead: false
        ) { index in
            let line = log.shown[index]
            return [
                Line(model.time.clock(line.time), .dim), Line(line.level.rawValue, ink(line.level)),
                text(line, log.search.text),
            ]
        }
        table.draw(&canvas, rows)
        if log.shown.isEmpty {
            canvas.write(
                log.lines.isEmpty ? "The log is empty" : "Nothing at this level", .dim,
                area.content.row(area.content.height / 2), .center)
        }
    }

    /// The line with what is searched for standing out.
    private static func text(_ line: LogLine, _ search: String) -> Line {
        let style: Style = line.level >= .error ? Style(.bad) : .text
        guard !search.isEmpty, let match = line.text.range(of: search, options: .caseInsensitive) else {
            return Line(line.text, style)
        }
        return [
            Line(String(line.text[..<match.lowerBound]), style),
            Line(String(line.text[match]), Style(.onAccent, on: .accent)),
            Line(String(line.text[match.upperBound...]), style),
        ]
    }

    private static func ink(_ level: LogLine.Level) -> Ink {
        switch level {
        case .debug: .faint
        case .info: .info
        case .warning: .warning
        case .error, .critical: .bad
        }
    }
}
