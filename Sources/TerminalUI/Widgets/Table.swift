/// A column of a table.
struct TableColumn: Sendable {
    var title: String
    /// The least columns that it needs.
    var width: Int
    /// Its share of what is left over; 0 keeps its width.
    var growth = 0
    var most = Int.max
    var alignment = Alignment.left
    /// Columns of a high number go first when the space is short.
    var importance = 0
    var target: Target?
    /// Names differ at their ends as often as at their beginnings.
    var cutsMiddle = false
    /// `▲` or `▼` behind the title.
    var order: Bool?
}

/// Rows in aligned columns, with a cursor.
struct Table {
    var columns: [TableColumn]
    var count: Int
    var cursor: ListCursor
    /// Whether the keys go to it.
    var isFocused = true
    /// Whether the first row of the area names the columns.
    var hasHead = true
    /// The cells of a row, one a column; `nil` while the row is not here yet.
    var row: (Int) -> [Line]?

    private static let gap = 2

    /// - Parameter area: without the border; a column of air on both sides belongs to it.
    func draw(_ canvas: inout Canvas, _ area: Rectangle) {
        let inner = area.inset(x: 1)
        let widths = Self.widths(columns, inner.width)
        if hasHead { drawHead(&canvas, inner.row(0), widths) }
        let body = hasHead ? area.below(1) : area
        for line in 0..<body.height {
            let index = cursor.top + line
            guard index < count else { break }
            let place = body.row(line)
            canvas.addRegion(place, .row(index))
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
                let cell = Rectangle(x: x, y: place.y, width: width, height: 1)
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
            let cell = Rectangle(x: x, y: row.y, width: width, height: 1)
            let isSorted = column.order != nil
            var title = Line(column.title.uppercased(), isSorted ? Style(.accent, .bold) : Style(.dim, .bold))
            if let order = column.order { title += Line(order ? "▲" : "▼", .accent) }
            canvas.write(title, cell, column.alignment)
            if let target = column.target { canvas.addRegion(cell, target) }
            x += width + Self.gap
        }
    }

    /// The width of every column; 0 leaves it out.
    static func widths(_ columns: [TableColumn], _ available: Int) -> [Int] {
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
                widths[$0] > 0 && columns[$0].growth > 0 && widths[$0] < columns[$0].most
            }
            guard !growing.isEmpty else { break }
            for index in growing where slack > 0 {
                let added = min(slack, columns[index].growth, columns[index].most - widths[index])
                widths[index] += added
                slack -= added
            }
        }
        return widths
    }
}
