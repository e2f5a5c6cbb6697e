/// A column of a table.
package struct TableColumn: Sendable {
    package var title: String
    /// The least columns that it needs.
    package var width: Int
    /// Its share of what is left over; 0 keeps its width.
    package var growth = 0
    package var maximumWidth = Int.max
    package var alignment = Alignment.left
    /// Columns of a high number go first when the space is short.
    package var importance = 0
    /// What a click on its head means.
    package var target: (any Hashable & Sendable)?
    /// Names differ at their ends as often as at their beginnings.
    package var cutsMiddle = false
    /// `▲` or `▼` behind the title.
    package var order: Bool?

    package init(
        title: String, width: Int, growth: Int = 0, maximumWidth: Int = Int.max, alignment: Alignment = .left,
        importance: Int = 0, target: (any Hashable & Sendable)? = nil, cutsMiddle: Bool = false, order: Bool? = nil
    ) {
        self.title = title
        self.width = width
        self.growth = growth
        self.maximumWidth = maximumWidth
        self.alignment = alignment
        self.importance = importance
        self.target = target
        self.cutsMiddle = cutsMiddle
        self.order = order
    }
}

/// A click on a row of a table.
package struct TableRow: Hashable, Sendable {
    package var index: Int

    package init(index: Int) { self.index = index }
}

/// Rows in aligned columns, with a cursor.
package struct Table {
    package var columns: [TableColumn]
    package var count: Int
    package var cursor: ListCursor
    /// Whether the keys go to it.
    package var isFocused = true
    /// Whether the first row of the area names the columns.
    package var hasHead = true
    /// The cells of a row, one a column; `nil` while the row is not here yet.
    package var row: (Int) -> [Line]?

    package init(
        columns: [TableColumn], count: Int, cursor: ListCursor, isFocused: Bool = true, hasHead: Bool = true,
        row: @escaping (Int) -> [Line]?
    ) {
        self.columns = columns
        self.count = count
        self.cursor = cursor
        self.isFocused = isFocused
        self.hasHead = hasHead
        self.row = row
    }

    private static let gap = 2

    /// - Parameter area: without the border; a column of air on both sides belongs to it.
    package func draw(_ canvas: inout Canvas, _ area: Rectangle) {
        let inner = area.inset(x: 1)
        let widths = Self.widths(columns, inner.width)
        if hasHead { drawHead(&canvas, inner.row(0), widths) }
        let body = hasHead ? area.below(1) : area
        for line in 0..<body.height {
            let index = cursor.top + line
            guard index < count else { break }
            let place = body.row(line)
            canvas.addRegion(place, meaning: TableRow(index: index))
            let isCursor = index == cursor.row
            let ground: Ground = isCursor ? (isFocused ? .selection : .idleSelection) : .base
            if isCursor {
                canvas.fill(place, Style(.text, on: ground))
                if isFocused { canvas.set(Glyph(text: "▌", width: 1), place.x, place.y, Style(.accent, on: ground)) }
            }
            guard let cells = row(index) else {
                canvas.write("…", Style(.faint, on: ground), place.inset(x: 1))
                continue
            }
            var x = inner.x
            for (column, width) in zip(columns.indices, widths) where width > 0 {
                let cell = Rectangle(x: x, y: place.y, width: min(width, inner.right - x), height: 1)
                var text = cells[column]
                if columns[column].cutsMiddle { text = text.cutInMiddle(width) }
                canvas.write(isCursor ? text.on(ground) : text, cell, columns[column].alignment)
                x += width + Self.gap
            }
        }
        Scrollbar.draw(&canvas, x: area.right, body, count: count, top: cursor.top)
    }

    private func drawHead(_ canvas: inout Canvas, _ row: Rectangle, _ widths: [Int]) {
        var x = row.x
        for (column, width) in zip(columns, widths) where width > 0 {
            let cell = Rectangle(x: x, y: row.y, width: min(width, row.right - x), height: 1)
            let isSorted = column.order != nil
            var title = Line(column.title.uppercased(), isSorted ? Style(.accent, .bold) : Style(.dim, .bold))
            if let order = column.order { title += Line(order ? "▲" : "▼", .accent) }
            canvas.write(title, cell, column.alignment)
            if let target = column.target { canvas.addRegion(cell, meaning: target) }
            x += width + Self.gap
        }
    }

    /// The width of every column; 0 leaves it out.
    package static func widths(_ columns: [TableColumn], _ available: Int) -> [Int] {
        var widths = columns.map(\.width)
        func used() -> Int { widths.filter { $0 > 0 }.reduce(0) { $0 + $1 + gap } - gap }
        while used() > available, widths.count(where: { $0 > 0 }) > 1 {
            let candidates = columns.indices.filter { widths[$0] > 0 }
            guard let drop = candidates.max(by: { columns[$0].importance < columns[$1].importance }) else { break }
            widths[drop] = 0
        }
        var slack = available - used()
        while slack > 0 {
            let growing = columns.indices.filter {
                widths[$0] > 0 && columns[$0].growth > 0 && widths[$0] < columns[$0].maximumWidth
            }
            guard !growing.isEmpty else { break }
            for index in growing where slack > 0 {
                let added = min(slack, columns[index].growth, columns[index].maximumWidth - widths[index])
                widths[index] += added
                slack -= added
            }
        }
        return widths
    }
}
