import DeliveryModel
import TerminalKit

/// All runs, newest first.
enum HistoryView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let history = model.history
        let runs = history.shown(live: model.engine.runs)
        let title: Line =
            history.isFiltering || !history.filter.isEmpty
            ? [
                Line("/ ", .accent, .bold), Line(TextFit.start(history.filter.text, 30), .bright),
                Line(history.isFiltering ? "▏" : "", .accent),
            ] : Line("History", .bright, .bold)
        canvas.panel(
            area, title, right: Line(count(of: runs, history), .dim), isFocused: model.overlays.isEmpty)
        canvas.addRegion(area, .list)
        // Where all runs went to one API, its name tells nothing.
        let hasSeveral = Set(runs.map { [$0.api, $0.profile] }).count > 1
        let table = Table(
            columns: columns(hasSeveral, model.setup.hasNodes), count: runs.count, cursor: history.cursor
        ) { index in
            cells(runs[index], model)
        }
        table.draw(&canvas, area.inset(x: 1, y: 1))
        guard runs.isEmpty else { return }
        var lines = [
            history.problem.map { Line($0, .bad) }
                ?? Line(emptiness(history), .dim)
        ]
        if history.isLoaded, history.filter.isEmpty, history.problem == nil {
            lines += [Line(), [Line("1", .accent, .bold), Line("  pick a file and send it", .dim)]]
        }
        let top = max(0, (area.content.height - lines.count) / 2)
        for (index, line) in lines.enumerated() { canvas.write(line, area.content.row(top + index), .center) }
    }

    /// How many runs are listed, and of how many, while older ones are not loaded.
    private static func count(of runs: [RunSummary], _ history: HistoryModel) -> String {
        let count = NumberText.count(runs.count)
        guard history.hasMore else { return runs.count == 1 ? "1 run" : "\(count) runs" }
        let loaded = "\(NumberText.count(max(runs.count, history.runs.count))) newest runs"
        let reading = history.isLoadingMore ? " · reading…" : ""
        return (history.filter.isEmpty ? loaded : "\(count) of the \(loaded)") + reading
    }

    private static func emptiness(_ history: HistoryModel) -> String {
        guard history.isLoaded else { return "reading…" }
        guard !history.filter.isEmpty else { return "No run yet" }
        return history.hasMore ? "Searching older runs…" : "No matches"
    }

    private static func columns(_ hasSeveralAPIs: Bool, _ hasNodes: Bool) -> [TableColumn] {
        [
            TableColumn(title: "Run", width: 5, alignment: .right),
            TableColumn(title: "State", width: 11),
            TableColumn(title: "Source", width: 18, growth: 1, maximumWidth: 60, cutsMiddle: true),
            TableColumn(
                title: "API", width: hasSeveralAPIs ? 12 : 0, maximumWidth: hasSeveralAPIs ? 24 : 0, importance: 5,
                cutsMiddle: true),
            TableColumn(
                title: "Node", width: hasNodes ? 8 : 0, maximumWidth: hasNodes ? 20 : 0, importance: 4, cutsMiddle: true
            ),
            TableColumn(title: "Sent", width: 10, alignment: .right, importance: 1),
            TableColumn(title: "Failed", width: 8, alignment: .right, importance: 2),
            TableColumn(title: "Rejected", width: 9, alignment: .right, importance: 5),
            TableColumn(title: "Filtered", width: 9, alignment: .right, importance: 7),
            TableColumn(title: "Pending", width: 9, alignment: .right, importance: 8),
            TableColumn(title: "Time", width: 7, alignment: .right, importance: 6),
            TableColumn(title: "Rate", width: 9, alignment: .right, importance: 4),
            TableColumn(title: "Started", width: 15, alignment: .right, importance: 3),
        ]
    }

    private static func cells(_ run: RunSummary, _ model: Model) -> [Line] {
        let counts = run.counts
        let ink = RunText.ink(run)
        let open = run.undelivered
        let rate = run.seconds > 0 ? Double(counts.sent) / run.seconds : 0
        return [
            Line("\(run.id)", .dim),
            [Line(RunText.symbol(run) + " ", ink), Line(RunText.word(run.state), ink)],
            Line(RunText.source(run.source)), Line(run.profile ?? RunText.host(run.api), .dim),
            Line(run.node ?? "–", .dim),
            Line(NumberText.count(counts.sent), counts.sent > 0 ? .good : .dim),
            Line(NumberText.count(counts.failed), open > 0 ? .bad : .dim),
            Line(NumberText.count(counts.rejected), counts.rejected > 0 ? .text : .dim),
            Line(NumberText.count(counts.filtered), .dim),
            Line(NumberText.count(counts.pending), counts.pending > 0 ? .accent : .dim),
            Line(NumberText.span(run.seconds), .dim), Line(rate > 0 ? NumberText.rate(rate) : "–", .dim),
            Line(model.time.dayAndTime(run.startedAt, now: model.now), .dim),
        ]
    }
}
