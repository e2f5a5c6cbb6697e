import CustomerRecords
import DeliveryModel
import TerminalKit

/// How far a run is.
enum ProgressView {
    static func draw(_ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let share = RunText.share(run)
        let percent = share.map(Figures.percent) ?? "  –"
        let bar = area.row(0).left(area.width - 7)
        ProgressBar.draw(&canvas, bar, share: share ?? 0, ink: RunText.ink(run.state))
        canvas.write(percent, Style(.bright, .bold), area.row(0).after(area.width - 6), .right)

        let counts = run.summary.counts
        var facts: [Line] = []
        let read = Line(Figures.count(counts.read), .bright, .bold)
        let isNarrow = area.width < 70
        if let estimate = run.estimatedRecords, !run.isFullyRead {
            let total = Figures.count(max(estimate, counts.read))
            facts.append([read, Line(" of ~\(total)\(isNarrow ? "" : " records")", .dim)])
        } else {
            facts.append([read, Line(counts.read == 1 ? " record" : " records", .dim)])
        }
        facts.append([Line(Figures.span(run.summary.seconds)), Line(isNarrow ? "" : " elapsed", .dim)])
        facts.append(Line(Figures.rate(run.rate), run.state.isActive ? .accent : .text))
        if run.state.isActive, let left = run.secondsLeft {
            facts.append([Line(isNarrow ? "" : "about ", .dim), Line(Figures.span(left)), Line(" left", .dim)])
        }
        canvas.write(facts.fitting(area.width, separators: ["      ", "   ", "  "]), area.row(1))

        let sentence = RunText.sentence(run, model)
        let filter = run.summary.filter
        let ages =
            filter.maximum.map { "ages \(filter.minimum)–\($0)" }
            ?? (filter.minimum > 0 ? "ages \(filter.minimum)+" : "every age")
        canvas.write(
            sentence.isEmpty
                ? Line("\(ages) · \(run.summary.source.text)", .dim) : sentence, area.row(2))
    }
}
