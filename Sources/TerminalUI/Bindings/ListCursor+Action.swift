import TerminalKit

extension ListCursor {
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
