/// The place in a list: the row of the cursor and the first row that is shown.
struct ListCursor: Hashable, Sendable {
    var row = 0
    var top = 0

    mutating func move(by delta: Int, count: Int, page: Int) {
        moveTo(row + delta, count: count, page: page)
    }

    mutating func moveTo(_ target: Int, count: Int, page: Int) {
        row = min(max(0, target), max(0, count - 1))
        keepVisible(count: count, page: page)
    }

    /// Scrolls as little as it takes to show the cursor, and leaves no empty rows below the end.
    mutating func keepVisible(count: Int, page: Int) {
        row = min(max(0, row), max(0, count - 1))
        let page = max(1, page)
        if row < top { top = row }
        if row >= top + page { top = row - page + 1 }
        top = min(max(0, top), max(0, count - page))
    }

    /// The wheel moves what is shown, and the cursor only as far as it must to stay in sight.
    mutating func scroll(by delta: Int, count: Int, page: Int) {
        let page = max(1, page)
        top = min(max(0, top + delta), max(0, count - page))
        row = min(max(row, top), min(top + page, count) - 1)
        row = max(0, row)
    }

    /// Goes where a movement key says.
    /// - Returns: whether the action was a movement.
    mutating func move(_ action: Action, count: Int, page: Int) -> Bool {
        switch action {
        case .up: move(by: -1, count: count, page: page)
        case .down: move(by: 1, count: count, page: page)
        case .pageUp: move(by: -max(1, page - 1), count: count, page: page)
        case .pageDown: move(by: max(1, page - 1), count: count, page: page)
        case .top: moveTo(0, count: count, page: page)
        case .bottom: moveTo(count - 1, count: count, page: page)
        default: return false
        }
        return true
    }
}
