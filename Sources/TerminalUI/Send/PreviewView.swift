import CustomerRecords
import DeliveryModel
import TerminalKit

/// The beginning of the file under the cursor, every record with its verdict, and what a dry run has counted.
enum PreviewView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ layout: SendLayout) {
        let send = model.send
        let room = layout.file.width - 8
        let name = send.preview.path.map(Model.name(of:)) ?? ""
        let title = name.isEmpty ? Line("Preview", .dim) : Line(TextFit.middle(name, room), .bright, .bold)
        canvas.panel(layout.file, title)
        let area = layout.preview
        switch send.preview {
        case .none:
            welcome(model, &canvas, layout.file.content)
            return
        case .loading: canvas.write("reading…", .dim, area)
        case .failed(_, let message):
            let lines = TextFit.wrap(FailureText.onScreen(message), area.width)
            for (index, text) in lines.prefix(area.height).enumerated() {
                canvas.write(text, Style(.bad), area.row(index))
            }
            if message.contains("--encoding") {
                canvas.write(
                    [Line("Press ", .dim), Line("E", .accent, .bold), Line(" to choose the encoding", .dim)],
                    area.row(lines.count + 1))
            }
        case .unmapped(_, let source): UnmappedView.draw(source, model, &canvas, layout.file.content)
        case .loaded(_, let preview): draw(preview, model, &canvas, area)
        }
        DryRunView.draw(model, &canvas, layout)
    }

    private static func welcome(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let lines: [Line] = [
            Line("Pick a CSV file on the left.", .bright),
            Line(),
            [Line("name, age, cookie, banner_id", .accent), Line("  in any order, with a header", .dim)],
            Line(),
            [Line("↑ ↓  ", .accent), Line("choose", .dim)],
            [Line("Enter  ", .accent), Line("open a folder, send a file", .dim)],
            [Line("?  ", .accent), Line("every key", .dim)],
        ]
        let start = max(0, (area.height - lines.count) / 3)
        for (index, line) in lines.enumerated() { canvas.write(line, area.row(start + index)) }
    }

    private static func draw(_ preview: FilePreview, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        canvas.write(summary(preview, model).fitting(area.width, separators: [Line(" · ", .dim)]), area.row(0))
        let isRoomy = area.height >= 12
        let maximum = area.height >= 9 ? area.height / 4 : 1
        let notices =
            earlier(model, area.width) + remembered(model)
            + NoticeText.lines(shownNotices(preview, model), maximum: maximum)
        for (index, line) in notices.enumerated() { canvas.write(line, area.row(1 + index)) }
        let body = area.below(notices.count + (isRoomy ? 2 : 1))
        guard !preview.records.isEmpty else {
            canvas.write("no records", .dim, body.row(0))
            return
        }
        let isWide = body.width >= 76
        // The columns that a mapping is checked by are always there.
        let isNarrow = body.width < 41
        var columns = [
            TableColumn(title: "Line", width: isWide ? 5 : 0, alignment: .right),
            TableColumn(title: "Name", width: 10, growth: 1, maximumWidth: 32),
            TableColumn(title: "Age", width: 3, alignment: .right, importance: 1),
            TableColumn(
                title: "Cookie", width: body.width >= 50 ? 13 : 9, growth: model.isUnmasked ? 1 : 0, maximumWidth: 36,
                importance: 3),
            TableColumn(title: isWide ? "Banner" : "Ban", width: isWide ? 6 : 3, alignment: .right, importance: 2),
            TableColumn(title: "", width: 8, growth: 1, maximumWidth: isWide ? 48 : 11),
        ]
        if isNarrow {
            columns[1].width = 5
            columns[3].width = 6
            columns[5] = TableColumn(title: "", width: 1)
        }
        let table = Table(
            columns: columns, count: preview.records.count, cursor: ListCursor(row: -1, top: 0), isFocused: false
        ) { index in
            cells(preview.records[index], model, isWide: isWide, isNarrow: isNarrow)
        }
        // The table brings its own air.
        table.draw(&canvas, Rectangle(x: body.x - 1, y: body.y, width: body.width + 2, height: body.height))
    }

    private static func summary(_ preview: FilePreview, _ model: Model) -> [Line] {
        if preview.size == 0 { return [Line("The file is empty", .warning)] }
        var records = (preview.isWhole ? "" : "~") + NumberText.records(preview.estimatedRecords)
        if let dryRun = model.send.dryRun, dryRun.report.isFinished { records = NumberText.records(dryRun.report.read) }
        let parts = [
            records, NumberText.bytes(preview.size), preview.delimiter.name,
            preview.hasHeader ? "header" : "no header",
        ]
        let isText = shownNotices(preview, model)[.notText] == nil
        let encoding = preview.encoding ?? (preview.hasByteOrderMark ? "UTF-8 with BOM" : "UTF-8")
        return [Line(parts[0])] + parts.dropFirst().map { Line($0, .dim) }
            + [isText ? Line(encoding, .dim) : Line("not \(encoding)", .warning)] + mapped(model)
    }

    private static func mapped(_ model: Model) -> [Line] {
        guard let path = model.send.preview.path, model.send.reading(of: path).columns != nil else { return [] }
        return [Line("columns mapped", .info)]
    }

    /// A choice that was made for another file is said.
    private static func remembered(_ model: Model) -> [Line] {
        guard let path = model.send.preview.path else { return [] }
        let reading = model.send.reading(of: path)
        guard reading.isRemembered, reading.columns != nil || reading.encoding != nil else { return [] }
        var parts: [Line] = []
        if reading.columns != nil { parts.append([Line("columns", .info), Line(" (m)", .accent)]) }
        if let encoding = reading.encoding {
            parts.append([Line(EncodingModel.label(encoding), .info), Line(" (E)", .accent)])
        }
        return [Line("· as last time: ", .info) + parts.joined(separator: Line(", ", .info))]
    }

    /// Of the whole file, once it is counted.
    private static func shownNotices(_ preview: FilePreview, _ model: Model) -> [Notice] {
        guard let dryRun = model.send.dryRun, dryRun.path == model.send.preview.path, dryRun.report.isFinished,
            dryRun.problem == nil
        else { return preview.notices }
        return dryRun.report.notices
    }

    private static func cells(
        _ record: FilePreview.Record, _ model: Model, isWide: Bool, isNarrow: Bool
    ) -> [Line] {
        let verdict: Line
        let style: Style
        switch record.verdict {
        case .valid(let age):
            let passes = model.send.filter?.accepts(age) ?? false
            verdict = passes ? Line("✓ ok", .good) : Line(isWide ? "· age \(age) is filtered" : "· age \(age)", .dim)
            style = passes ? .text : .dim
        case .rejected(let reason):
            verdict = [
                Line("✗ " + FailureText.reason(reason, record.message), .bad),
                isWide
                    ? Line(
                        ": "
                            + (record.message.map(FailureText.onScreen) ?? FailureText.rule(reason, model.selectedRules)),
                        .dim) : Line(),
            ]
            style = .dim
        }
        // Where there is no room for words, a sign says it.
        let sign = verdict.spans.first.map { Line(String($0.text.prefix(1)), $0.style) } ?? Line()
        return [
            Line(NumberText.count(record.line), .faint), Line(record.fields.name, style),
            Line(record.fields.age, style),
            Line(FailureText.cookie(record.fields.cookie, isUnmasked: model.isUnmasked), .dim),
            Line(record.fields.bannerID, style),
            isNarrow ? sign : verdict,
        ]
    }

    /// The run that sent the file as it is now.
    private static func earlier(_ model: Model, _ width: Int) -> [Line] {
        guard let path = model.send.preview.path, let run = model.sentBefore(path) else { return [] }
        let day = model.time.day(run.startedAt, now: model.now)
        if run.state == .paused { return [[Line("● ", .warning), Line("paused as run \(run.id)", .warning)]] }
        if run.state.isActive { return [[Line("● ", .accent), Line("sending now as run \(run.id)", .accent)]] }
        guard width >= 40 else {
            let what = run.state == .done ? "sent \(day)" : "stopped \(day)"
            return [[Line("! ", .warning, .bold), Line("\(what), run \(run.id)", .warning)]]
        }
        let text =
            run.state == .done
            ? "already sent \(day) as run \(run.id)"
            : "run \(run.id) stopped \(day), \(NumberText.records(run.counts.sent)) sent"
        return [[Line("! ", .warning, .bold), Line(text, .warning)]]
    }
}
