/// A graph with its axes: the value at the top, the time below, and marks where something happened.
package enum AxisGraph {
    package struct Mark: Hashable, Sendable {
        /// Seconds before now.
        package var age: Int
        package var ink: Ink
        /// One column wide; the color alone says nothing.
        package var symbol: String

        package init(age: Int, ink: Ink, symbol: String = "▲") {
            self.age = age
            self.ink = ink
            self.symbol = symbol
        }
    }

    /// - Parameters:
    ///   - values: the newest last.
    ///   - secondsPerValue: the time that each of them stands for.
    ///   - end: what stands at the newest.
    ///   - back: how many of the newest values were scrolled away.
    ///   - marks: shown below, at their second.
    package static func draw(
        _ canvas: inout Canvas, _ area: Rectangle, _ values: [Int], maximum: Int? = nil, inks: [Ink],
        marks: [Mark] = [],
        secondsPerValue: Int = 1, end: String = "now", back: Int = 0
    ) {
        let values = Array(values.dropLast(back))
        let top = max(1, maximum ?? values.max() ?? 1)
        let label = NumberText.short(top)
        let hasScale = area.height >= 2 && area.width >= 24
        let hasTime = area.height >= 3
        let middle = NumberText.short(top / 2)
        let margin = hasScale ? max(label.count, top >= 4 ? middle.count : 0) + 1 : 0
        let plot = area.after(margin).top(area.height - (hasTime ? 1 : 0))
        Graph.draw(&canvas, plot, values, maximum: top, inks: inks)
        if hasScale {
            canvas.write(label, .dim, area.row(0).left(margin - 1), .right)
            canvas.write(
                "0", .dim,
                plot.row(plot.height - 1).isEmpty
                    ? plot
                    : Rectangle(
                        x: area.x, y: plot.bottom - 1, width: margin - 1, height: 1), .right)
            // A tall graph is read at its middle, too.
            if plot.height >= 7, plot.height % 2 == 1, top >= 4 {
                canvas.write(
                    middle, .faint,
                    Rectangle(x: area.x, y: plot.y + plot.height / 2, width: margin - 1, height: 1), .right)
            }
        }
        guard hasTime else { return }
        let axis = area.row(area.height - 1).after(margin)
        var span = Graph.span(of: values.count, columns: plot.width)
        span.shown *= secondsPerValue
        drawTime(
            &canvas, axis, seconds: span, marks,
            end: back == 0 ? end : "-" + NumberText.span(Double(back * secondsPerValue)), offset: back * secondsPerValue
        )
    }

    private static func drawTime(
        _ canvas: inout Canvas, _ axis: Rectangle, seconds: (shown: Int, columns: Int), _ marks: [Mark],
        end: String, offset: Int
    ) {
        guard seconds.shown > 0 else { return }
        let startAt = axis.width - seconds.columns
        var free = Array(repeating: true, count: axis.width)
        for mark in marks {
            let age = mark.age - offset
            guard age >= 0, age <= seconds.shown else { continue }
            let column = axis.width - 1 - age * seconds.columns / seconds.shown
            guard column >= startAt else { continue }
            canvas.set(Glyph(text: mark.symbol, width: 1), axis.x + column, axis.y, Style(mark.ink, .bold))
            free[column] = false
        }
        // The marks are exact; a label that one of them would cross moves aside, or is left out where it can't.
        func write(_ label: String, _ columns: some Sequence<Int>) {
            let width = label.count
            let place = columns.first { column in
                let range = max(0, column - 1)..<min(axis.width, column + width + 1)
                return column >= 0 && column + width <= axis.width && free[range].allSatisfy { $0 }
            }
            guard let place else { return }
            canvas.write(label, .faint, axis.after(place).left(width))
            for column in place..<place + width { free[column] = false }
        }
        let last = axis.width - end.count
        write(end, stride(from: last, through: max(startAt, last - labelShift), by: -1))
        let start = "-" + NumberText.span(Double(seconds.shown + offset))
        if seconds.columns >= start.count + 6 { write(start, startAt...startAt + labelShift) }
    }

    /// Columns by which a label gives way to marks.
    private static let labelShift = 8
}

extension NumberText {
    /// `950`, `1.4k`, `12k`, `3.1M`.
    package static func short(_ number: Int) -> String {
        switch number {
        case ..<1000: "\(number)"
        case ..<10_000: decimal(Double(number) / 1000, places: 1) + "k"
        case ..<1_000_000: "\(number / 1000)k"
        case ..<10_000_000: decimal(Double(number) / 1e6, places: 1) + "M"
        default: "\(number / 1_000_000)M"
        }
    }
}
