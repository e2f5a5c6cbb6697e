import CustomerRecords
import TerminalKit

/// What a pass over the whole file has counted, answered for the ages that are typed now.
enum DryRunView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ layout: SendLayout) {
        guard let dryRun = model.send.dryRun else { return }
        let area = layout.dryRun
        let report = dryRun.report
        let state: Line
        if dryRun.problem != nil {
            state = Line("failed", .bad)
        } else if dryRun.isStopped {
            state = Line("stopped at \(NumberText.percent(report.share))", .warning)
        } else {
            state = report.isFinished ? Line("whole file", .good) : Line(NumberText.percent(report.share), .accent)
        }
        canvas.divider(layout.file, y: area.y - 1, Line("Dry run", .bright, .bold), right: state)
        if let problem = dryRun.problem {
            for (index, text) in TextFit.wrap(problem, area.width).prefix(area.height).enumerated() {
                canvas.write(text, Style(.bad), area.row(index))
            }
            return
        }
        let isRoomy = area.height >= 7
        drawCounts(model, report, &canvas, area.top(isRoomy ? 3 : 2))
        let chart = area.below(isRoomy ? 3 : 2)
        AgeChart.draw(&canvas, chart, ages: report.ages, filter: model.send.filter)
    }

    private static func drawCounts(_ model: Model, _ report: DryRunReport, _ canvas: inout Canvas, _ area: Rectangle) {
        if let filter = model.send.filter {
            canvas.write(counts(report.counts(for: filter), area.width), area.row(0))
        } else {
            canvas.write("Invalid age range", Style(.bad), area.row(0))
        }
        var rows = area.below(1)
        if let filter = model.send.filter, let count = model.send.dryRun.flatMap({ model.newCount($0.path) }) {
            canvas.write(count.line(for: filter, of: report.counts(for: filter).valid, width: area.width), rows.row(0))
            rows = rows.below(1)
            guard !rows.isEmpty else { return }
        }
        let reasons = ReasonCode.allCases.compactMap { reason -> Line? in
            guard let count = report.rejections[reason], count > 0 else { return nil }
            return [Line(FailureText.reason(reason) + " ", .dim), Line(NumberText.count(count), .text)]
        }
        guard !reasons.isEmpty else {
            let text = report.read > 0 ? "no record is rejected" : report.isFinished ? "no records" : "counting…"
            canvas.write(text, .dim, rows.row(0))
            return
        }
        // Two rows hold them all where one is too short.
        let separator = Line(" · ", .faint)
        let isLong = reasons.joined(separator: separator).width > area.width && rows.height > 1
        let first = isLong ? (reasons.count + 1) / 2 : reasons.count
        canvas.write(reasons.prefix(first).fitting(area.width, separators: [separator]), rows.row(0))
        canvas.write(reasons.dropFirst(first).fitting(area.width, separators: [separator]), rows.row(1))
    }

    /// In words, or with the signs of the preview where words are too long.
    private static func counts(_ counts: DryRunReport.Counts, _ width: Int) -> Line {
        let parts: [(String, String, Int, Ink, Attributes)] = [
            ("valid", "✓", counts.valid, .good, .bold),
            ("rejected", "✗", counts.rejected, counts.rejected > 0 ? .bad : .dim, []),
            ("filtered", "·", counts.filtered, counts.filtered > 0 ? .warning : .dim, []),
        ]
        let words = parts.map { [Line($0.0 + " ", .dim), Line(NumberText.count($0.2), $0.3, $0.4)] as Line }
        let signs = parts.map { [Line($0.1 + " ", $0.3), Line(NumberText.count($0.2), $0.3, $0.4)] as Line }
        let isLong = words.joined(separator: "  ").width > width
        return (isLong ? signs : words).fitting(width, separators: ["    ", "  ", " "])
    }
}
