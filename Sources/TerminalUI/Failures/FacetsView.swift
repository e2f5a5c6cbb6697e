import CustomerRecords
import DeliveryModel
import TerminalKit

/// Class, reason, status and run, each with its count.
enum FacetsView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        guard !area.isEmpty else { return }
        let facets = model.failures.facets
        canvas.fill(area)
        canvas.panel(
            area, Line("Facets", facets.isFocused ? Style(.bright, .bold) : .dim),
            isFocused: facets.isFocused && model.overlays.isEmpty)
        let content = area.inset(x: 1, y: 1)
        var lines: [(row: Int?, left: Line, right: Line)] = []
        var row = 0
        var cursor = 0
        for (index, group) in facets.groups.enumerated() {
            if index > 0 { lines.append((nil, Line(), Line())) }
            lines.append((nil, Line(" " + group.title.uppercased(), .dim, .bold), Line()))
            for value in group.rows {
                let isOn = model.failures.query.filters(by: value.value)
                if row == facets.row { cursor = lines.count }
                lines.append(
                    (
                        row, [Line(isOn ? " ● " : "   ", .accent), label(value.value, model, isOn: isOn)],
                        Line(NumberText.count(value.count) + " ", isOn ? .accent : .dim)
                    ))
                row += 1
            }
            if group.more > 0 {
                let runs = group.more == 1 ? "1 older run" : "\(NumberText.count(group.more)) older runs"
                lines.append((nil, Line("   and \(runs)", .dim), Line()))
            }
        }
        let top = max(0, min(cursor - content.height / 2, lines.count - content.height))
        for (place, line) in lines.dropFirst(top).prefix(content.height).enumerated() {
            let space = content.row(place)
            let isCursor = facets.isFocused && line.row == facets.row
            let ground: Ground = isCursor ? .selection : .base
            if isCursor {
                canvas.fill(space, Style(.text, on: ground))
            }
            let count = line.right.width
            canvas.write(line.left.on(ground), space.left(space.width - count - 1))
            canvas.write(line.right.on(ground), space, .right)
            if isCursor {
                canvas.set(Glyph(text: "▌", width: 1), space.x, space.y, Style(.accent, on: ground))
            }
            if let row = line.row { canvas.addRegion(space, .facet(row)) }
        }
        Scrollbar.draw(&canvas, x: area.right - 1, content, count: lines.count, top: top)
    }

    private static func label(_ value: FacetsModel.Value, _ model: Model, isOn: Bool) -> Line {
        switch value {
        case .kind(let kind): return FailureText.kind(kind)
        case .reason(let reason): return Line(FailureText.reason(reason))
        case .status(let status): return Line(status)
        case .run(let run):
            let name = model.allRuns.first { $0.id == run }.map { " " + RunText.source($0.source) } ?? ""
            return [Line("\(run)", .text), Line(name, .dim)]
        }
    }
}
