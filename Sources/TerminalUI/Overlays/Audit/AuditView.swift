import DeliveryModel
import TerminalKit

/// The audit as a table, newest first.
enum AuditView {
    static func draw(_ audit: AuditModel, _ model: Model, _ canvas: inout Canvas) {
        let layout = AuditLayout(model.size)
        let area = OverlayView.window(
            &canvas, width: layout.width, height: layout.height, Line(audit.title, .bright, .bold),
            right: Line(audit.read.map { "as of \(model.time.clock($0))" } ?? "", .dim))
        // A head and the rows; the last line is for what is not here.
        let place = area.inset(x: 1, y: 1).top(layout.page + 1)
        let table = Table(
            columns: columns, count: audit.entries.count, cursor: audit.cursor
        ) { index in
            cells(audit.entries[index], isOfOneRun: audit.query.run != nil, isNarrow: place.width < 70, model)
        }
        // The rows are the overlay's, not the screen's below.
        var layer = Canvas(canvas.size)
        table.draw(&layer, place)
        canvas.take(layer, place)
        let top = audit.cursor.top
        for (line, index) in (top..<min(audit.entries.count, top + layout.page)).enumerated() {
            canvas.addRegion(place.row(line + 1), .overlayRow(index))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, place.below(1), count: audit.entries.count, top: top)
        if let note = audit.note { canvas.write(note, Style(.warning), area.content.below(layout.page + 2).row(0)) }
        guard audit.entries.isEmpty else { return }
        let (text, style): (String, Style) =
            if let problem = audit.problem {
                (problem, Style(.bad))
            } else {
                audit.read == nil ? ("reading…", Style(.accent)) : ("The audit log is empty.", Style(.dim))
            }
        let message = area.content.below(2)
        for (index, line) in TextFit.wrap(text, message.width, maximumLines: 3).enumerated() {
            canvas.write(line, style, message.row(index))
        }
    }

    private static let columns = [
        TableColumn(title: "Time", width: 15),
        TableColumn(title: "What", width: 15, growth: 4, maximumWidth: 26, cutsMiddle: true),
        TableColumn(title: "Records", width: 9, alignment: .right),
        TableColumn(title: "Who", width: 7, growth: 2, maximumWidth: 32, cutsMiddle: true),
        TableColumn(title: "From", width: 12, growth: 1, maximumWidth: 18, importance: 1),
    ]

    private static func cells(_ entry: AuditEntry, isOfOneRun: Bool, isNarrow: Bool, _ model: Model) -> [Line] {
        let run = isOfOneRun ? nil : entry.run
        return [
            Line(model.time.dayAndTime(entry.at, now: model.now), .dim),
            [
                Line(entry.command.rawValue.replacing("_", with: " "), .bright),
                Line(run.map { isNarrow ? " \($0)" : " run \($0)" } ?? "", .dim),
            ],
            Line(entry.records.map { NumberText.count($0) } ?? "–", entry.records == nil ? .dim : .text),
            Line(entry.who), Line(entry.from, .dim),
        ]
    }
}
