import CustomerRecords
import DeliveryModel
import TerminalKit

/// How far a run is.
enum ProgressView {
    static func draw(_ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let share = RunText.share(run)
        let percent = share.map(NumberText.percent) ?? "  –"
        let bar = area.row(0).left(area.width - 7)
        ProgressBar.draw(&canvas, bar, share: share ?? 0, ink: RunText.ink(run.summary))
        canvas.write(percent, Style(.bright, .bold), area.row(0).after(area.width - 6), .right)
        canvas.write(
            parts(run, model, isNarrow: area.width < 70).fitting(area.width, separators: ["      ", "   ", "  "]),
            area.row(1))
        let sentence = RunText.sentence(run, model, width: area.width)
        guard area.height > 3 else {
            canvas.write(sentence.isEmpty ? source(run.summary, area.width) : sentence, area.row(2))
            return
        }
        let lines = TextFit.wrap(sentence.plain, area.width, maximumLines: area.height - 2)
        for (index, text) in lines.enumerated() {
            canvas.write(text, sentence.spans.first?.style ?? .text, area.row(2 + index))
        }
    }

    /// Rows that it needs: why a run failed or waits says what to do, so it is shown whole where there is room.
    static func rows(_ run: RunSnapshot, _ model: Model, _ content: Rectangle) -> Int {
        switch run.state {
        case .failed, .refused, .waiting:
            let sentence = RunText.sentence(run, model, width: content.width).plain
            let lines = TextFit.wrap(sentence, content.width).count
            // Even on the smallest screen two lines are worth more than the newest event, which says the same.
            return 2 + max(1, min(lines, max(2, min(content.height - 16, 6))))
        case .preparing, .running, .paused, .finishing, .stopped, .done, .dryRun, .skipped: return 3
        }
    }

    private static func parts(_ run: RunSnapshot, _ model: Model, isNarrow: Bool) -> [Line] {
        let counts = run.summary.counts
        let read = Line(NumberText.count(counts.read), .bright, .bold)
        var parts: [Line] = []
        if let total = total(run, model) {
            parts.append([read, Line(" of \(total)\(isNarrow ? "" : " records")", .dim)])
        } else {
            parts.append([read, Line(counts.read == 1 ? " record" : " records", .dim)])
        }
        parts.append([Line(NumberText.duration(run.summary.seconds)), Line(isNarrow ? "" : " elapsed", .dim)])
        parts.append(Line(NumberText.rate(run.rate), run.state.isActive ? .accent : .text))
        // While nothing is sent, no time is left that anybody knows.
        if run.state == .running || run.state == .finishing, !model.isStopping(run), !model.isLost(run),
            let left = run.secondsLeft
        {
            parts.append([Line(isNarrow ? "" : "about ", .dim), Line(NumberText.span(left)), Line(" left", .dim)])
        }
        return parts
    }

    /// Records of the source: exact where a dry run had counted them.
    private static func total(_ run: RunSnapshot, _ model: Model) -> String? {
        let read = run.summary.counts.read
        if let counted = model.run.counted[run.id] { return counted > read ? NumberText.count(counted) : nil }
        guard let estimate = run.estimatedRecords else { return nil }
        // What is read ahead of the journal isn't counted yet, and known.
        guard run.isFullyRead else { return "~" + NumberText.count(max(estimate, read)) }
        return estimate > read ? NumberText.count(estimate) : nil
    }

    private static func source(_ run: RunSummary, _ width: Int) -> Line {
        let filter = run.filter
        let ages =
            filter.maximum.map { "ages \(filter.minimum)–\($0)" }
            ?? (filter.minimum > 0 ? "ages \(filter.minimum)+" : "all ages")
        return Line("\(ages) · " + TextFit.start(run.source.text, max(8, width - ages.count - 3)), .dim)
    }
}
