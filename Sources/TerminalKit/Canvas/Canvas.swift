/// What one frame looks like: cells, and what a click on them means.
package struct Canvas: Sendable {
    package struct Cell: Hashable, Sendable {
        /// Empty in the second column of a wide glyph.
        package var text: String
        package var width: UInt8
        package var style: Style

        package init(text: String, width: UInt8, style: Style) {
            self.text = text
            self.width = width
            self.style = style
        }

        package static let blank = Cell(text: " ", width: 1, style: .text)
    }

    /// A part of the screen that takes the mouse.
    package struct Region: Sendable {
        package var area: Rectangle
        package var target: any Hashable & Sendable
    }

    package let size: Size
    package private(set) var cells: [Cell]
    package private(set) var regions: [Region] = []
    /// Where the terminal's cursor blinks, in a text field; hidden otherwise.
    package var cursor: Point?

    package init(_ size: Size) {
        self.size = Size(width: max(0, size.width), height: max(0, size.height))
        cells = Array(repeating: .blank, count: self.size.width * self.size.height)
    }

    package var area: Rectangle { Rectangle(x: 0, y: 0, width: size.width, height: size.height) }

    package subscript(_ x: Int, _ y: Int) -> Cell { cells[y * size.width + x] }

    /// Puts a glyph into its cells. Outside of the canvas, or where its second half would be, nothing happens.
    package mutating func set(_ glyph: Glyph, _ x: Int, _ y: Int, _ style: Style) {
        guard x >= 0, y >= 0, y < size.height, x + glyph.width <= size.width else { return }
        let index = y * size.width + x
        separate(index, x)
        if glyph.width == 2 {
            separate(index + 1, x + 1)
            cells[index + 1] = Cell(text: "", width: 0, style: style)
        }
        cells[index] = Cell(text: glyph.text, width: UInt8(glyph.width), style: style)
    }

    /// A wide glyph that loses one of its halves loses the other, too.
    private mutating func separate(_ index: Int, _ x: Int) {
        if cells[index].width == 0, x > 0 {
            cells[index - 1] = Cell(text: " ", width: 1, style: cells[index - 1].style)
        }
        if cells[index].width == 2, x + 1 < size.width {
            cells[index + 1] = Cell(text: " ", width: 1, style: cells[index + 1].style)
        }
    }

    package mutating func restyle(_ area: Rectangle, _ change: (Style) -> Style) {
        let area = area.intersection(self.area)
        for y in area.y..<max(area.y, area.bottom) {
            for x in area.x..<max(area.x, area.right) {
                let index = y * size.width + x
                cells[index].style = change(cells[index].style)
            }
        }
    }

    /// The newest region on top wins.
    package func region(at point: Point) -> (any Hashable & Sendable)? {
        regions.last { $0.area.contains(point) }?.target
    }

    /// - Parameter target: what a click there means: the application's own value.
    package mutating func addRegion(_ area: Rectangle, meaning target: any Hashable & Sendable) {
        guard !area.isEmpty else { return }
        regions.append(Region(area: area, target: target))
    }

    package mutating func replaceCells(_ change: (inout Cell) -> Void) {
        for index in cells.indices { change(&cells[index]) }
    }
}
