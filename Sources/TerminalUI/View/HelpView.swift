/// All keys, from the table of bindings: those of this screen first.
enum HelpView {
    private struct Row {
        var keys = ""
        var text = ""
        var heading: String?
        var canDo = true
    }

    static func rowCount(_ model: Model) -> Int { rows(model).count }

    static func page(_ model: Model) -> Int { max(1, area(model.size).height - 2) }

    private static func area(_ size: Size) -> Rectangle {
        Rectangle(x: 0, y: 0, width: size.width, height: size.height).inset(x: 2, y: 1)
            .centred(width: 84, height: size.height - 2)
    }

    private static func rows(_ model: Model) -> [Row] {
        let columns = max(1, area(model.size).content.width - 16)
        func lines(_ bindings: [Binding], isHere: Bool = true) -> [Row] {
            bindings.flatMap { binding -> [Row] in
                let obstacle = isHere ? model.obstacle(to: binding.action) : nil
                let text = binding.help + (obstacle.map { " – " + $0 } ?? "")
                let wrapped = TextFit.wrap(text, columns, mostLines: 4)
                return wrapped.enumerated().map { line, text in
                    Row(keys: line == 0 ? binding.keyNames : "", text: text, canDo: obstacle == nil)
                }
            }
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
            rows += lines(other, isHere: false)
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
                canvas.write(heading, Style(.bright, .bold), place)
                continue
            }
            canvas.write(row.keys, Style(row.canDo ? .accent : .faint, .bold), place.left(14))
            canvas.write(row.text, row.canDo ? .text : .dim, place.after(16))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, content, count: rows.count, top: help.top)
    }
}
