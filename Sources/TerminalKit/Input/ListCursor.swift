/// The place in a list: the row of the cursor and the first row that is shown.
package struct ListCursor: Hashable, Sendable {
    package var row = 0
    package var top = 0

    package init(row: Int = 0, top: Int = 0) {
        self.row = row
        self.top = top
    }

    package mutating func move(by delta: Int, count: Int, page: Int) {
        moveTo(row + delta, count: count, page: page)
    }

    package mutating func moveTo(_ target: Int, count: Int, page: Int) {
        row = min(max(0, target), max(0, count - 1))
        keepVisible(count: count, page: page)
    }

    /// Scrolls as little as it takes to show the cursor, and leaves no empty rows below the end.
    package mutating func keepVisible(count: Int, page: Int) {
        row = min(max(0, row), max(0, count - 1))
        let page = max(1, page)
        if row < top { top = row }
        if row >= top + page { top = row - page + 1 }
        top = min(max(0, top), max(0, count - page))
    }

    /// The wheel moves what is shown, and the cursor only as far as it must to stay in sight.
    package mutating func scroll(by delta: Int, count: Int, page: Int) {
        let page = max(1, page)
        top = min(max(0, top + delta), max(0, count - page))
        row = min(max(row, top), min(top + page, count) - 1)
        row = max(0, row)
    }
}
