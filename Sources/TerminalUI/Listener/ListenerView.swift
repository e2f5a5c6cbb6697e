import DeliveryModel
import TerminalKit

/// What arrives over HTTP.
enum ListenerView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        let snapshot = model.listener.snapshot
        let layout = ListenerLayout(model.size)
        drawState(model, snapshot, &canvas, layout.state)
        drawRequests(snapshot, &canvas, layout.requests)
        let area = layout.submissions
        canvas.panel(
            area, Line("Latest submissions", .bright, .bold),
            right: snapshot.submissions.isEmpty ? Line() : Line("\(snapshot.submissions.count)", .dim),
            isFocused: model.overlays.isEmpty)
        canvas.addRegion(area, .list)
        let table = Table(
            columns: columns, count: snapshot.submissions.count, cursor: model.listener.cursor
        ) { index in
            cells(snapshot.submissions[index], model)
        }
        table.draw(&canvas, area.inset(x: 1, y: 1))
        if snapshot.submissions.isEmpty {
            let text =
                model.setup.hasListener
                ? "Nothing received yet" : "Start with --listen 5000 to accept records over HTTP"
            canvas.write(text, .dim, area.content.row(max(1, area.content.height / 2)), .center)
        }
    }

    private static let columns = [
        TableColumn(title: "Time", width: 8), TableColumn(title: "Method", width: 6, importance: 4),
        TableColumn(title: "Path", width: 12, growth: 1, maximumWidth: 60),
        TableColumn(title: "Status", width: 22, growth: 2, maximumWidth: 40, importance: 1),
        TableColumn(title: "Run", width: 5, alignment: .right, importance: 2),
        TableColumn(title: "Client", width: 15, importance: 3),
    ]

    private static func cells(_ submission: ListenerSubmission, _ model: Model) -> [Line] {
        [
            Line(model.time.clock(submission.time), .dim), Line(submission.method), Line(submission.path),
            outcome(submission),
            Line(submission.run.map(\.description) ?? "–", .dim), Line(submission.client, .dim),
        ]
    }

    /// A submission that was taken and then rejected looks so.
    private static func outcome(_ submission: ListenerSubmission) -> Line {
        let status = Line("\(submission.status)", statusInk(submission.status))
        guard let refusal = submission.refusal else { return status }
        return [Line("\(submission.status) ", .dim), Line("✗ " + refusal, .mark)]
    }

    private static func statusInk(_ status: Int) -> Ink { status < 300 ? .good : status < 500 ? .warning : .bad }

    private static func drawState(
        _ model: Model, _ snapshot: ListenerSnapshot, _ canvas: inout Canvas, _ area: Rectangle
    ) {
        canvas.panel(area, Line("HTTP listener", .bright, .bold))
        let state: Line
        switch snapshot.state {
        case .off: state = Line(model.setup.hasListener ? "○ off" : "○ not set up", .dim)
        case .starting: state = Line("◆ starting", .warning)
        case .listening: state = Line("● listening", .good, .bold)
        case .failed(let reason): state = Line("✗ \(reason)", .bad)
        }
        let content = area.content
        // Where it is too long, the port says more than the scheme.
        var address = snapshot.address.isEmpty ? "–" : snapshot.address
        if SafeText.width(address) > content.width - 9 { address = String(address.trimmingPrefix("http://")) }
        let lines: [(String, Line)] = [
            ("state", state), ("address", Line(address, .accent)),
            ("access", Line(snapshot.authorization.isEmpty ? "–" : snapshot.authorization)),
            ("open", Line(snapshot.openConnections == 1 ? "1 connection" : "\(snapshot.openConnections) connections")),
        ]
        for (index, line) in lines.enumerated() {
            canvas.write([Line(line.0.padding(9), .dim), line.1], content.row(index))
        }
    }

    private static func drawRequests(_ snapshot: ListenerSnapshot, _ canvas: inout Canvas, _ area: Rectangle) {
        let total = snapshot.requests.reduce(0) { $0 + $1.count }
        canvas.panel(area, Line("Requests", .bright, .bold), right: Line(NumberText.count(total), .dim))
        let content = area.content
        if snapshot.requests.isEmpty { canvas.write("none yet", .faint, content.row(0)) }
        let sorted = snapshot.requests.sorted { ($0.count, $1.path) > ($1.count, $0.path) }
        let shown = sorted.count > content.height ? max(0, content.height - 1) : sorted.count
        for (index, route) in sorted.prefix(shown).enumerated() {
            let row = content.row(index)
            let count = NumberText.count(route.count)
            canvas.write(
                [Line("\(route.status)  ", statusInk(route.status)), Line(route.path)],
                row.left(row.width - count.count - 2))
            canvas.write(count, Style(.bright), row, .right)
        }
        guard shown < sorted.count else { return }
        let rest = NumberText.count(sorted.dropFirst(shown).reduce(0) { $0 + $1.count })
        let row = content.row(content.height - 1)
        canvas.write("and \(sorted.count - shown) more", .dim, row.left(row.width - rest.count - 2))
        canvas.write(rest, .dim, row, .right)
    }
}
