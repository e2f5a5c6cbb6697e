import DeliveryModel
import Foundation
import TerminalKit

/// The nodes that share the journal, and what they may use of the API together.
enum NodesView {
    static func draw(_ model: Model, _ canvas: inout Canvas) {
        let snapshot = model.nodes.snapshot
        let nodes = model.shownNodes
        let layout = NodesLayout(model.size)
        canvas.panel(
            layout.area, Line("Nodes", .bright, .bold), right: count(snapshot, width: 60),
            isFocused: model.overlays.isEmpty)
        canvas.addRegion(layout.area, .list)
        var place = layout.rows
        place.y -= 1
        place.height += 1
        let table = Table(columns: columns, count: nodes.count, cursor: model.nodes.cursor) { index in
            cells(nodes[index], isOwn: nodes[index].id == snapshot.own)
        }
        table.draw(&canvas, place)
        if nodes.isEmpty {
            canvas.write(
                snapshot.fault ?? (snapshot.readAt == nil ? "reading…" : "No nodes are running"),
                snapshot.fault == nil ? .dim : Style(.bad), layout.rows.row(layout.rows.height / 2), .center)
        }
        canvas.divider(layout.area, y: layout.divider, Line("All nodes together", .dim))
        for (index, line) in shared(snapshot, model, layout.shared.width).prefix(layout.shared.height).enumerated() {
            canvas.write(line, layout.shared.row(index))
        }
    }

    /// `2 of 3 nodes`; shorter where there is less room, and nothing where there is none.
    static func count(_ snapshot: NodesSnapshot, width: Int) -> Line {
        guard snapshot.readAt != nil else { return Line() }
        let (live, all) = (snapshot.live, snapshot.present.count)
        // What was read before the journal went away says nothing of now.
        guard snapshot.fault == nil else {
            return ["nodes unknown", "nodes ?"].map { Line($0, .warning, .bold) }.first { $0.width <= width } ?? Line()
        }
        let style = live == all ? Style.dim : Style(.warning, .bold)
        return ["\(live) of \(all) \(all == 1 ? "node" : "nodes")", "\(live)/\(all) nodes"]
            .map { Line($0, style) }.first { $0.width <= width } ?? Line()
    }

    private static let columns = [
        TableColumn(title: "Node", width: 14, growth: 2, maximumWidth: 40),
        TableColumn(title: "State", width: 8),
        TableColumn(title: "Heartbeat", width: 11, alignment: .right, importance: 1),
        TableColumn(title: "Runs", width: 5, alignment: .right, importance: 2),
        TableColumn(title: "In flight", width: 10, alignment: .right, importance: 3),
        TableColumn(title: "Rate", width: 9, alignment: .right, importance: 4),
        TableColumn(title: "Takeovers", width: 9, alignment: .right, importance: 5),
        TableColumn(title: "Version", width: 8, importance: 7),
        TableColumn(title: "", width: 14, growth: 3, maximumWidth: 40, importance: 6),
    ]

    private static func cells(_ node: NodeRecord, isOwn: Bool) -> [Line] {
        let isGone = node.state == .gone
        let name: Line = [Line(node.name, isGone ? .dim : .text), Line(isOwn ? " (this)" : "", .dim)]
        return [
            name, state(node.state), Line(age(node.heartbeatAge), node.state == .silent ? .warning : .dim),
            Line(isGone ? "–" : NumberText.count(node.runs), node.runs > 0 ? .text : .dim),
            Line(isGone ? "–" : "\(node.inFlight) of \(node.places)", node.inFlight > 0 ? .accent : .dim),
            Line(isGone ? "–" : node.rateShare.map { NumberText.rate(Double($0)) } ?? "any", .dim),
            Line(NumberText.count(node.takeovers), node.takeovers > 0 ? .warning : .dim), Line(node.version, .dim),
            note(node),
        ]
    }

    private static func state(_ state: NodeRecord.State) -> Line {
        switch state {
        case .live: Line("● live", .good)
        case .silent: Line("◆ silent", .warning)
        case .gone: Line("○ gone", .dim)
        }
    }

    private static func age(_ seconds: Double) -> String { seconds < 1 ? "now" : NumberText.span(seconds) + " ago" }

    private static func note(_ node: NodeRecord) -> Line {
        if node.state == .gone { return Line(node.takenOverBy.map { "taken over by \($0)" } ?? "left", .dim) }
        if node.fault != nil { return Line("can't deliver", .bad) }
        return Line(node.differences.isEmpty ? "" : "started with other limits", .warning)
    }

    private static func shared(_ snapshot: NodesSnapshot, _ model: Model, _ width: Int) -> [Line] {
        var lines: [Line] = []
        if let fault = snapshot.fault, let read = snapshot.readAt {
            lines.append(Line("as of \(model.time.clock(read)): \(fault)", .bad))
        }
        if let limits = snapshot.limits {
            let inFlight = snapshot.present.reduce(0) { $0 + $1.inFlight }
            let parts: [Line] = [
                [Line("in flight ", .dim), Line("\(inFlight) of \(limits.concurrency)")],
                [Line("rate ", .dim), Line(limits.rate.map { NumberText.rate(Double($0)) } ?? "any")],
                [Line("daily limit ", .dim), Line(limits.dailyLimit.map(NumberText.records) ?? "none")],
                [Line("window ", .dim), Line(limits.window ?? "always")],
            ]
            let whole = parts.joined(separator: "   ")
            lines +=
                whole.width <= width
                ? [whole] : [parts.prefix(2).joined(separator: "   "), parts.suffix(2).joined(separator: "   ")]
        } else if snapshot.readAt != nil {
            lines.append(Line("No limits yet: no node has delivered", .dim))
        }
        if let node = model.selectedNode {
            if let fault = node.fault { lines.append([Line("\(node.name): ", .dim), Line(fault, .bad)]) }
            lines += node.differences.map { [Line("\(node.name): ", .dim), Line($0, .warning)] }
        }
        return lines
    }
}
