import DeliveryModel
import TerminalKit

/// The tabs, and where deliveries go.
enum HeaderView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        var x = area.x + 1
        // Beside a long status, names of tabs take the room of the address.
        let isPlain = model.profile == nil && model.setup.attachedTo == nil
        let least = model.newest.schedule != SendSchedule() ? 124 : isPlain ? 78 : 100
        let isNarrow = area.width < least + (model.setup.hasNodes ? 26 : 0)
        let tabs = model.screens.map { tab($0, model, isNarrow: isNarrow) }
        let name: Line = [Line("◆ ", .accent), Line("data-connector", .bright, .bold)]
        // The name gives way to the address, which says where customers' data goes.
        let others = tabs.reduce(0) { $0 + $1.width } + status(model, area.width).width + 6
        let hasName = name.width + 2 + others <= area.width
        x += canvas.write(hasName ? name : Line("◆", .accent), area.after(1)) + (hasName ? 2 : 1)
        for (screen, line) in zip(model.screens, tabs) {
            let place = Rectangle(x: x, y: area.y, width: min(line.width, area.right - x), height: 1)
            canvas.write(line, place)
            canvas.addRegion(place, .screen(screen))
            x += line.width + (area.width >= 104 ? 1 : 0)
        }
        let rest = Rectangle(x: x + 1, y: area.y, width: area.right - x - 2, height: 1)
        canvas.write(status(model, rest.width), rest, .right)
        guard model.profile?.isProduction == true else { return }
        // Real customers are at stake: nobody overlooks a red line.
        canvas.restyle(area) { style in
            style.ground == .base ? Style(.onBad, on: .bad, style.attributes) : style
        }
    }

    private static func tab(_ screen: Screen, _ model: Model, isNarrow: Bool) -> Line {
        let isActive = model.screen == screen
        let style = isActive ? Style(.onAccent, on: .accent, .bold) : Style(.dim)
        var line: Line = [Line(" \(screen.rawValue)", isActive ? style : Style(.accent))]
        if !isNarrow || isActive { line += Line(" \(screen.title)", style) }
        if let badge = screen.place.badge(model), let ink = badge.spans.first?.style.ink {
            line += Line(" " + badge.plain, isActive ? style : Style(ink, .bold))
        }
        return line + Line(" ", style)
    }

    private static func status(_ model: Model, _ width: Int) -> Line {
        var line = Line()
        if let process = model.setup.attachedTo {
            guard model.newest.lost == nil else {
                return line
                    + Line(width > 40 ? "process \(process) has ended; reattaching" : "reattaching", .bad, .bold)
            }
            line += Line("attached ", .accent)
        }
        if model.isFrozen { line += Line("FROZEN ", .warning, .bold) }
        if model.setup.hasNodes {
            let count = NodesView.count(model.nodes.snapshot, width: width - line.width - 14)
            if !count.isEmpty { line += count + Line("  ") }
        }
        guard let host = model.newest.apiHost else {
            return line
                + (model.setup.hasSandbox
                    ? Line("sandbox", .dim) : Line(width > 16 ? "no API yet: press ," : "no API", .warning))
        }
        let ink: Ink
        switch model.newest.breaker {
        case .closed: ink = model.newest.lastSuccess == nil ? .dim : .good
        case .open: ink = .bad
        case .probing: ink = .warning
        }
        // The address has its place first, which is half of it where there is little; the sandbox needs none.
        let address = model.setup.hasSandbox ? "sandbox".count : min(22, host.count, max(10, width / 2 - 2))
        let tag = model.scheduleTag(width - line.width - address - 2)
        if tag.width > 2 { line += tag }
        line += Line("● ", ink)
        if let profile = model.profile { line += [ProfilesView.tag(profile), Line("  ")] }
        let room = max(4, width - line.width)
        guard model.setup.hasSandbox else { return line + Line(TextFit.middle(host, room), .dim) }
        let whole = "sandbox " + host
        return line + Line(whole.count <= room ? whole : "sandbox", .dim)
    }
}
