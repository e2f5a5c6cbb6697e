/// All keys, from the table of bindings: those of this screen first.
enum HelpView {
    private struct Row {
        var keys = ""
        var text = ""
        var heading: String?
        var obstacle: String?
    }

    static func rowCount(_ model: Model) -> Int { rows(model).count }

    static func page(_ model: Model) -> Int { max(1, area(model.size).height - 2) }

    private static func area(_ size: Size) -> Rectangle {
        Rectangle(x: 0, y: 0, width: size.width, height: size.height).inset(x: 2, y: 1)
            .centred(width: 84, height: size.height - 2)
    }

    private static func rows(_ model: Model) -> [Row] {
        func lines(_ bindings: [Binding]) -> [Row] {
            bindings.map { Row(keys: $0.keyNames, text: $0.help, obstacle: model.obstacle(to: $0.action)) }
        }
        let own = Bindings.all.filter { $0.screens.contains(model.screen) }
        var rows: [Row] = []
        if !own.isEmpty {
            rows += [Row(heading: model.screen.title)] + lines(own) + [Row()]
        }
        rows += [Row(heading: "Everywhere")] + lines(Bindings.everywhere) + [Row()]
        let movement = Bindings.movement.filter { $0.screens.isEmpty }
        rows += [Row(heading: "Moving")] + lines(movement) + [Row()]
        rows += [Row(heading: "Screens")] + lines(Bindings.places)
        for screen in Screen.allCases where screen != model.screen {
            let other = Bindings.all.filter { $0.screens.contains(screen) }
            guard !other.isEmpty else { continue }
            rows += [Row(), Row(heading: screen.title)]
            rows += other.map { Row(keys: $0.keyNames, text: $0.help) }
        }
        rows += [Row(), Row(heading: "Mouse")]
        rows.append(Row(keys: "click", text: "Select; tabs, footer and column heads are buttons"))
        rows.append(Row(keys: "wheel", text: "Scroll"))
        return rows
    }

    static func draw(_ help: HelpModel, _ model: Model, _ canvas: inout Canvas) {
        let rows = rows(model)
        let place = area(model.size)
        let area = OverlayView.window(
            &canvas, width: place.width, height: place.height, Line("Help", .bright, .bold),
            right: Line("data-connector", .dim))
        let content = area.content
        for (line, row) in rows.dropFirst(help.top).prefix(content.height).enumerated() {
            let place = content.row(line)
            if let heading = row.heading {
                canvas.write(heading, Style(.accent, .bold), place)
                continue
            }
            canvas.write(row.keys, Style(row.obstacle == nil ? .bright : .faint, .bold), place.left(14))
            var text: Line = Line(row.text, row.obstacle == nil ? .text : .faint)
            if let obstacle = row.obstacle { text += Line("  " + obstacle, .dim, .italic) }
            canvas.write(text, place.after(16))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, content, count: rows.count, top: help.top)
    }
}
