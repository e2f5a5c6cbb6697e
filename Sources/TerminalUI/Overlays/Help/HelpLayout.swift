import DeliveryModel
import TerminalKit

/// The rows of help, and the window that shows some of them.
struct HelpLayout {
    struct Row {
        var keys = ""
        var text = ""
        var heading: String?
        var canDo = true
    }

    var area: Rectangle
    /// Rows that are seen at once.
    var page: Int { max(1, area.height - 2) }

    init(_ size: Size) {
        area = Rectangle(x: 0, y: 0, width: size.width, height: size.height).inset(x: 2, y: 1)
            .centered(width: 84, height: size.height - 2)
    }

    /// All keys, from the table of bindings: those of this screen first.
    static func rows(_ model: Model) -> [Row] {
        let columns = max(1, HelpLayout(model.size).area.content.width - 16)
        func lines(_ bindings: [Binding], isHere: Bool = true) -> [Row] {
            bindings.flatMap { binding -> [Row] in
                let obstacle = isHere ? model.obstacle(to: binding.action) : nil
                let text = binding.help + (obstacle.map { " – " + $0 } ?? "")
                let wrapped = TextFit.wrap(text, columns, maximumLines: 4)
                return wrapped.enumerated().map { line, text in
                    Row(keys: line == 0 ? binding.keyNames : "", text: text, canDo: obstacle == nil)
                }
            }
        }
        let own = Bindings.all.filter { $0.screens.contains(model.screen) }
        var rows: [Row] = []
        if model.overlays.contains(where: { if case .mapping = $0 { true } else { false } }) {
            rows += [Row(heading: "Columns")] + MappingView.keys.map { Row(keys: $0.keys, text: $0.help) } + [Row()]
        }
        if !own.isEmpty {
            rows += [Row(heading: model.screen.title)] + lines(own) + [Row()]
        }
        rows += [Row(heading: "On every screen")] + lines(Bindings.everywhere) + [Row()]
        let movement = Bindings.movement.filter { $0.screens.isEmpty }
        rows += [Row(heading: "Navigation")] + lines(movement) + [Row()]
        rows += [Row(heading: "Screens")] + lines(Bindings.places.filter(model.offers))
        for screen in model.screens where screen != model.screen {
            let other = Bindings.all.filter { $0.screens.contains(screen) }
            guard !other.isEmpty else { continue }
            rows += [Row(), Row(heading: screen.title)]
            rows += lines(other, isHere: false)
        }
        rows += [Row(), Row(heading: "Mouse")]
        rows.append(Row(keys: "click", text: "Select; tabs, footer, and column headers are buttons"))
        rows.append(Row(keys: "wheel", text: "Scroll"))
        return rows
    }
}
