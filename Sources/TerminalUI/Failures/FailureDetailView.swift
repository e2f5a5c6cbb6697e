import CustomerRecords
import DeliveryModel
import TerminalKit

/// Everything about the record under the cursor.
enum FailureDetailView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        guard let record = model.failures.current else {
            canvas.panel(area, Line("Detail", .dim))
            return
        }
        let place = record.line > 0 ? "line \(NumberText.count(record.line))" : "record \(record.id)"
        canvas.panel(
            area, [Line("Detail", .bright, .bold), Line("  run \(record.run), \(place)", .dim)],
            right: FailureText.kind(record.kind))
        let content = area.content
        let lines = area.height > 12 ? tall(record, model, content.width) : wide(record, model, content.width)
        for (index, line) in lines.prefix(content.height).enumerated() { canvas.write(line, content.row(index)) }
    }

    private static func pair(_ label: String, _ value: String, _ style: Style = .text) -> Line {
        [Line(label.padding(8), .dim), Line(value, style)]
    }

    /// Requests, and the runs that made them where there were several.
    private static func tries(_ record: FailedRecord) -> String {
        guard record.attempts > 0 else { return "never sent" }
        return record.tries > 1 ? "\(record.attempts) in \(record.tries) runs" : "\(record.attempts)"
    }

    private static func cookie(_ record: FailedRecord, _ model: Model) -> String {
        FailureText.cookie(record.cookie, isUnmasked: model.isUnmasked)
    }

    private static func wide(_ record: FailedRecord, _ model: Model, _ width: Int) -> [Line] {
        let fields: Line = [
            Line("name ", .dim), Line(TextFit.end(record.name, 24), .bright), Line("   age ", .dim),
            Line(TextFit.end(record.age, 8), .bright), Line("   banner ", .dim),
            Line(TextFit.end(record.bannerID, 8), .bright), Line("   cookie ", .dim), Line(cookie(record, model)),
        ]
        var lines = [fields]
        lines += what(record, model, width, rows: 2)
        lines.append(outcome(record, model).fitting(width))
        lines.append(nextStep(record))
        if !record.raw.isEmpty, model.isUnmasked { lines.append(pair("raw", record.raw, .dim)) }
        return lines
    }

    /// What the operator can do about it.
    private static func nextStep(_ record: FailedRecord) -> Line {
        if let run = record.retryingIn { return Line("retrying in run \(run)", .accent) }
        let edit: Line = [Line("e", .accent, .bold), Line(" Edit and resend", .dim)]
        if record.kind == .rejected, FailureText.isNotText(record.message) {
            // One by one they can't be fixed: the whole file was misread.
            return [
                Line("Set the encoding (", .dim), Line("E", .accent, .bold),
                Line(" on Send) and send the file again", .dim),
            ]
        }
        guard record.kind != .rejected else { return edit }
        return [Line("r", .accent, .bold), Line(" Retry   ", .dim), edit]
    }

    private static func tall(_ record: FailedRecord, _ model: Model, _ width: Int) -> [Line] {
        var lines = [
            pair("name", record.name, Style(.bright)), pair("age", record.age, Style(.bright)),
            pair("banner", record.bannerID, Style(.bright)),
        ]
        let cookies = TextFit.wrap(cookie(record, model), max(1, width - 8), maximumLines: 6)
        lines.append(pair("cookie", cookies.first ?? ""))
        lines += cookies.dropFirst().map { pair("", $0) }
        lines.append(Line())
        lines += what(record, model, width, rows: 12)
        lines.append(Line())
        lines.append(pair("class", record.kind.rawValue))
        lines.append(pair("status", record.status ?? "–"))
        lines.append(pair("tries", tries(record)))
        lines.append(pair("time", "\(model.time.dayAndTime(record.time, now: model.now))"))
        lines += [Line(), nextStep(record)]
        if !record.raw.isEmpty {
            lines += [Line(), Line("As read", .dim)]
            let raw = model.isUnmasked ? record.raw : masked(record)
            lines += TextFit.wrap(raw, width, maximumLines: 40).map { Line($0) }
        }
        return lines
    }

    /// The raw record with its cookie shortened, too.
    private static func masked(_ record: FailedRecord) -> String {
        guard !record.cookie.isEmpty else {
            return FailureText.cookie(record.raw, isUnmasked: false) + "  (press X to show it in full)"
        }
        return record.raw.replacing(record.cookie, with: FailureText.cookie(record.cookie, isUnmasked: false))
    }

    private static func what(_ record: FailedRecord, _ model: Model, _ width: Int, rows: Int) -> [Line] {
        let reason = record.reason.map { "\(FailureText.reason($0)): " } ?? ""
        return TextFit.wrap(reason + FailureText.onScreen(record.message), width, maximumLines: rows).map {
            Line($0, record.kind == .retryable ? .warning : record.kind == .permanent ? .bad : .mark)
        }
    }

    private static func outcome(_ record: FailedRecord, _ model: Model) -> [Line] {
        var parts: [Line] = []
        if let status = record.status { parts.append([Line("status ", .dim), Line(status)]) }
        parts.append(
            record.attempts > 0 ? [Line("tries ", .dim), Line(tries(record))] : Line("never sent", .dim))
        parts.append(Line(model.time.dayAndTime(record.time, now: model.now), .dim))
        return parts
    }
}
