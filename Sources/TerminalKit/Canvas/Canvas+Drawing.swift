package enum Alignment: Sendable { case left, right, center }

extension Canvas {
    /// Writes a line into one row of an area, cut with an ellipsis where it doesn't fit.
    @discardableResult
    package mutating func write(_ line: Line, _ area: Rectangle, _ alignment: Alignment = .left) -> Int {
        guard !area.isEmpty else { return 0 }
        let width = line.width
        let slack = max(0, area.width - width)
        var x = area.x
        switch alignment {
        case .left: break
        case .right: x += slack
        case .center: x += slack / 2
        }
        let end = width > area.width ? area.right - 1 : area.right
        var last = Style.dim
        for span in line.spans where x < end {
            last = span.style
            for glyph in SafeText.glyphs(span.text, columns: end - x) {
                guard x + glyph.width <= end else { break }
                set(glyph, x, area.y, span.style)
                x += glyph.width
            }
        }
        if width > area.width {
            set(Glyph(text: "…", width: 1), x, area.y, last)
            x += 1
        }
        return x - area.x
    }

    package mutating func write(_ text: String, _ style: Style, _ area: Rectangle, _ alignment: Alignment = .left) {
        write(Line(text, style), area, alignment)
    }

    package mutating func fill(_ area: Rectangle, _ style: Style = .text, glyph: Glyph = .space) {
        let area = area.intersection(self.area)
        for y in area.y..<max(area.y, area.bottom) {
            for x in area.x..<max(area.x, area.right) { set(glyph, x, y, style) }
        }
    }

    /// A rounded border with a title on its top edge.
    package mutating func panel(
        _ area: Rectangle, _ title: Line, right: Line = Line(), foot: Line = Line(), isFocused: Bool = false,
        ink: Ink? = nil
    ) {
        guard area.width >= 2, area.height >= 2 else { return }
        let style = Style(ink ?? (isFocused ? .accent : .faint))
        horizontal(area.row(0), style, ends: ("╭", "╮"))
        horizontal(area.row(area.height - 1), style, ends: ("╰", "╯"))
        for y in area.y + 1..<max(area.y + 1, area.bottom - 1) {
            set(Glyph(text: "│", width: 1), area.x, y, style)
            set(Glyph(text: "│", width: 1), area.right - 1, y, style)
        }
        label(title, area.row(0), right: right)
        if !foot.isEmpty { label(Line(), area.row(area.height - 1), right: foot) }
    }

    /// A line across a panel, joined to its border, with a title of its own.
    package mutating func divider(
        _ area: Rectangle, y: Int, _ title: Line, right: Line = Line(), isFocused: Bool = false
    ) {
        let row = Rectangle(x: area.x, y: y, width: area.width, height: 1)
        guard y > area.y, y < area.bottom - 1 else { return }
        horizontal(row, Style(isFocused ? .accent : .faint), ends: ("├", "┤"))
        label(title, row, right: right)
    }

    private mutating func horizontal(_ row: Rectangle, _ style: Style, ends: (String, String)) {
        fill(row, style, glyph: Glyph(text: "─", width: 1))
        set(Glyph(text: ends.0, width: 1), row.x, row.y, style)
        set(Glyph(text: ends.1, width: 1), row.right - 1, row.y, style)
    }

    private mutating func label(_ title: Line, _ row: Rectangle, right: Line) {
        let space = row.width - 4
        guard space > 2 else { return }
        let rightWidth = right.isEmpty ? 0 : min(right.width + 2, space)
        let hasBoth = !title.isEmpty && title.width + 3 + rightWidth > space
        if !title.isEmpty {
            let room = hasBoth ? max(space - rightWidth - 1, min(space, 8)) : space
            let width = min(title.width + 2, room)
            write([" ", title, " "], Rectangle(x: row.x + 2, y: row.y, width: width, height: 1))
            if hasBoth, room + rightWidth > space { return }
        }
        if rightWidth > 0 {
            write(
                [" ", right, " "], Rectangle(x: row.right - 2 - rightWidth, y: row.y, width: rightWidth, height: 1))
        }
    }
}

extension Canvas {
    /// Copies the cells of a part of another canvas, without what a click on them means.
    package mutating func take(_ other: Canvas, _ area: Rectangle) {
        for y in area.y..<area.bottom {
            for x in area.x..<area.right {
                let cell = other[x, y]
                if cell.width > 0 { set(Glyph(text: cell.text, width: Int(cell.width)), x, y, cell.style) }
            }
        }
    }
}
