import DeliveryModel
import Foundation
import TerminalKit

/// What a run is doing.
enum RunView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        let runs = model.listedRuns
        let layout = RunLayout(model.size, runs: runs.count)
        guard let run = model.shownRun else {
            drawEmpty(&canvas, layout.run)
            return
        }
        if layout.isStrip {
            RunListView.drawStrip(runs, run.id, &canvas, layout.list)
        } else if !layout.list.isEmpty {
            RunListView.drawPanel(runs, run.id, model, &canvas, layout.list)
        }
        draw(run, model, &canvas, layout.run)
    }

    private static func drawEmpty(_ canvas: inout Canvas, _ area: Rectangle) {
        canvas.panel(area, Line("Run", .dim))
        let lines: [Line] = [
            Line("No run yet", .bright, .bold), Line(),
            [Line("1", .accent, .bold), Line("  pick a file and send it", .dim)],
            [Line("4", .accent, .bold), Line("  see earlier runs", .dim)],
        ]
        let top = max(0, (area.content.height - lines.count) / 2)
        for (index, line) in lines.enumerated() { canvas.write(line, area.content.row(top + index), .center) }
    }

    private static func draw(_ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let isStopping = model.isStopping(run)
        let ink = isStopping ? .warning : RunText.ink(run.summary)
        let words = RunText.badge(run.summary, isStopping: isStopping)
        let badge =
            model.isLost(run)
            ? Line("? LAST KNOWN", .warning, .bold) : Line("\(RunText.symbol(run.summary)) \(words)", ink, .bold)
        var node = Line()
        if model.setup.hasNodes, let name = run.summary.node {
            node = [Line(" · ", .faint), Line(TextFit.middle(name, 20), .dim)]
        }
        let title: Line = [
            Line("Run \(run.id)", .bright, .bold), Line(" · ", .faint),
            Line(
                TextFit.middle(
                    RunText.source(run.summary.source), max(8, area.width - 22 - words.count - node.width))),
            node,
        ]
        canvas.panel(area, title, right: badge)
        let content = area.content
        let rows = RunRows(run, model, content)
        var y = content.y
        ProgressView.draw(
            run, model, &canvas, Rectangle(x: content.x, y: y, width: content.width, height: rows.progress))
        y += rows.progress

        // The halves: counters on the left, the API on the right.
        let split = area.x + area.width * 42 / 100
        let left = Rectangle(x: area.x + 2, y: y + 1, width: split - area.x - 3, height: rows.counters)
        let right = Rectangle(x: split + 2, y: y + 1, width: area.right - split - 4, height: rows.counters)
        canvas.divider(area, y: y, Line("Records", .dim))
        canvas.write(Line(" API ", .dim), Rectangle(x: split + 2, y: y, width: 5, height: 1))
        junction(&canvas, split, y, "┬")
        for row in 0..<rows.counters { junction(&canvas, split, y + 1 + row, "│") }
        CountersView.draw(run, model, &canvas, left)
        APIView.draw(run, model, &canvas, right)
        y += 1 + rows.counters

        guard rows.rest >= 2 else {
            junction(&canvas, split, area.bottom - 1, "┴")
            return
        }
        if rows.graph > 0 {
            drawGraphs(run, model, &canvas, area, y: y, rows: rows.graph, split: split)
            y += 1 + rows.graph
        }
        drawEvents(run, model, &canvas, area, y: y)
        if rows.graph == 0 { junction(&canvas, split, y, "┴") }
    }

    /// Below the edge between the graphs.
    private static func requestsColumn(_ area: Rectangle) -> Int { area.x + area.width * 66 / 100 }

    /// From this width on the requests in flight have a place beside the events.
    private static let requestsBeside = 104

    /// - Returns: whether they stand beside the events.
    private static func drawRequests(
        _ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle, _ rows: Rectangle, y: Int
    ) -> Bool {
        let title = Line("Requests in flight", .dim)
        if area.width < requestsBeside {
            guard model.run.showsRequests else { return false }
            canvas.divider(area, y: y, title, right: Line("\(run.inFlight)", .dim))
            RequestsInFlightView.draw(run, model, &canvas, rows)
            return false
        }
        let x = requestsColumn(area)
        canvas.divider(area, y: y, eventsTitle(run))
        canvas.write([" ", title, " "], Rectangle(x: x + 2, y: y, width: title.width + 2, height: 1))
        junction(&canvas, x, y, canvas[x, y - 1].text == "│" ? "┼" : "┬")
        for row in 0..<rows.height { junction(&canvas, x, y + 1 + row, "│") }
        junction(&canvas, x, area.bottom - 1, "┴")
        let place = Rectangle(x: x + 2, y: rows.y, width: rows.right - x - 2, height: rows.height)
        RequestsInFlightView.draw(run, model, &canvas, place)
        return true
    }

    /// Older events than the newest are kept nowhere.
    private static func eventsTitle(_ run: RunSnapshot) -> Line {
        let isCut = run.events.count >= RunSnapshot.maximumEvents
        return Line(isCut ? "Events (newest \(run.events.count))" : "Events", .dim)
    }

    private static func junction(_ canvas: inout Canvas, _ x: Int, _ y: Int, _ text: String) {
        canvas.set(Glyph(text: text, width: 1), x, y, .faint)
    }

    private static func drawGraphs(
        _ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle, y: Int, rows: Int, split: Int
    ) {
        let graph = model.graph(of: run)
        let (sent, faults) = (graph.sent, graph.errors)
        let peak = max(Int(run.peakRate), sent.max() ?? 0)
        let errors = faults.max() ?? 0
        // Errors take the narrow half: they are rare, and the rate is what one watches.
        let column = area.x + area.width * 66 / 100
        canvas.divider(area, y: y, [Line("Sent per second", .dim)])
        let peakText: Line = [Line(" peak ", .dim), Line(NumberText.count(peak), .accent), Line(" ")]
        if peak > 0 {
            canvas.write(peakText, Rectangle(x: column - 1 - peakText.width, y: y, width: peakText.width, height: 1))
        }
        // Of a run that was kept, a point stands for several seconds, and errors are counted by points.
        let unit = graph.seconds == 1 ? "s" : NumberText.span(Double(graph.seconds))
        let errorTitle = "Errors per \(graph.seconds == 1 ? "second" : unit)"
        let errorPeak: Line =
            errors > 0 ? [Line(" peak ", .dim), Line(NumberText.count(errors), .bad), Line(" ")] : Line()
        let room = area.right - column - 5
        let isShort = errorTitle.count + 2 + errorPeak.width > room
        let title = Line(isShort ? " Errors/\(unit) " : " \(errorTitle) ", .dim)
        canvas.write(title, Rectangle(x: column + 2, y: y, width: title.width, height: 1))
        if errors > 0 {
            let text = errorPeak
            let space = room - title.width
            if text.width <= space {
                canvas.write(text, Rectangle(x: area.right - 2 - text.width, y: y, width: text.width, height: 1))
            }
        }
        junction(&canvas, split, y, "┴")
        junction(&canvas, column, y, "┬")
        for row in 0..<rows { junction(&canvas, column, y + 1 + row, "│") }
        let left = Rectangle(x: area.x + 2, y: y + 1, width: column - area.x - 3, height: rows)
        let right = Rectangle(x: column + 2, y: y + 1, width: area.right - column - 4, height: rows)
        let seconds = graph.seconds
        let end = run.state.isActive ? "now" : "end"
        let back = min(model.run.graphBack, max(0, sent.count - 1))
        AxisGraph.draw(
            &canvas, left, sent, inks: Ink.heat, marks: marks(run, model), secondsPerValue: seconds, end: end,
            back: back)
        AxisGraph.draw(
            &canvas, right, faults, maximum: max(errors, 4), inks: Ink.embers, secondsPerValue: seconds, end: end,
            back: back)
        junction(&canvas, column, y + 1 + rows, "┴")
    }

    /// Where a warning or a fault was reported: a 429, a pause, an outage.
    private static func marks(_ run: RunSnapshot, _ model: Model) -> [AxisGraph.Mark] {
        run.events.filter { $0.severity != .info }.prefix(100).map { event in
            let end = run.summary.endedAt ?? model.now
            return AxisGraph.Mark(
                age: max(0, Int(end.timeIntervalSince(event.time))), ink: ink(event.severity),
                symbol: symbol(event.severity))
        }
    }

    /// Stands below the graph at an event's second, and at the event, so that one explains the other.
    private static func symbol(_ severity: RunEvent.Severity) -> String {
        switch severity {
        case .info: " "
        case .warning: "▲"
        case .error: "✗"
        }
    }

    private static func ink(_ severity: RunEvent.Severity) -> Ink {
        switch severity {
        case .info: .text
        case .warning: .warning
        case .error: .bad
        }
    }

    private static func drawEvents(
        _ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle, y: Int
    ) {
        var rows = Rectangle(
            x: area.x + 2, y: y + 1, width: area.width - 4, height: area.bottom - 2 - y)
        if drawRequests(run, model, &canvas, area, rows, y: y) { rows = rows.left(requestsColumn(area) - rows.x - 1) }
        guard !rows.isEmpty, !(model.run.showsRequests && area.width < requestsBeside) else { return }
        let more = run.events.count > rows.height ? Line("\(run.events.count)", .dim) : Line()
        if rows.width == area.width - 4 { canvas.divider(area, y: y, eventsTitle(run), right: more) }
        canvas.addRegion(rows, .list)
        let column = area.x + area.width * 66 / 100
        if canvas[column, y - 1].text == "│", canvas[column, y].text == "─" { junction(&canvas, column, y, "┴") }
        if run.events.isEmpty {
            let words = !model.isRecorded(run) ? "not recorded" : run.state.isActive ? "none yet" : "none"
            canvas.write(words, .faint, rows.row(0))
        }
        for (row, event) in run.events.dropFirst(model.run.eventsTop).prefix(rows.height).enumerated() {
            let ink = ink(event.severity)
            canvas.write(
                [
                    Line(model.time.clock(event.time) + " ", .dim), Line(symbol(event.severity) + " ", ink, .bold),
                    Line(event.text, ink),
                ], rows.row(row))
        }
        Scrollbar.draw(
            &canvas, x: area.right - 1, rows, count: run.events.count, top: model.run.eventsTop)
    }
}
