import CustomerRecords

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
            state = Line("stopped at \(Figures.percent(report.share))", .warning)
        } else {
            state = report.isFinished ? Line("whole file", .good) : Line(Figures.percent(report.share), .accent)
        }
        canvas.divider(layout.file, y: area.y - 1, Line("Dry run", .bright, .bold), right: state)
        if let problem = dryRun.problem {
            for (index, text) in TextFit.wrap(problem, area.width).prefix(area.height).enumerated() {
                canvas.write(text, Style(.bad), area.row(index))
            }
            return
        }
        drawCounts(model, report, &canvas, area)
        let chart = area.below(area.height >= 7 ? 3 : 2)
        AgeChart.draw(&canvas, chart, ages: report.ages, filter: model.send.filter)
    }

    private static func drawCounts(_ model: Model, _ report: DryRunReport, _ canvas: inout Canvas, _ area: Rectangle) {
        let isNarrow = area.width < 40
        if let filter = model.send.filter {
            let counts = report.counts(for: filter)
            let gap = Line(isNarrow ? " " : area.width < 52 ? "  " : "    ")
            canvas.write(
                [
                    Line(isNarrow ? "" : "valid ", .dim), Line(Figures.count(counts.valid), .good, .bold), gap,
                    Line(isNarrow ? "✗ " : "rejected ", .dim),
                    Line(Figures.count(counts.rejected), counts.rejected > 0 ? .bad : .dim), gap,
                    Line(isNarrow ? "· " : "filtered ", .dim),
                    Line(Figures.count(counts.filtered), counts.filtered > 0 ? .warning : .dim),
                ], area.row(0))
        } else {
            canvas.write("No record can pass these ages", Style(.bad), area.row(0))
        }
        let reasons = ReasonCode.allCases.compactMap { reason -> Line? in
            guard let count = report.rejections[reason], count > 0 else { return nil }
            return [Line(FailureText.reason(reason) + " ", .dim), Line(Figures.count(count), .text)]
        }
        canvas.write(
            reasons.isEmpty
                ? Line(
                    report.read == 0
                        ? (report.isFinished ? "no records" : "counting…") : "every record keeps the rules", .dim)
                : reasons.joined(separator: Line(" · ", .faint)),
            area.row(1))
    }
}
