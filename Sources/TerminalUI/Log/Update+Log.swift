import DeliveryModel
import TerminalKit

extension Model {
    mutating func performLog(_ action: Action) -> [Effect] {
        if log.cursor.move(action, count: log.shown.count, page: page) {
            log.follows = log.cursor.row >= log.shown.count - 1
            return []
        }
        switch action {
        case .filter: log.isSearching = true
        case .findNext, .findPrevious:
            if !log.find(forward: action == .findNext, page: page) {
                toast(.info, "No match for “\(TextFit.end(log.search.text, 24))”")
            }
        case .level:
            let levels = LogLine.Level.allCases
            let index = levels.firstIndex(of: log.level) ?? 0
            log.level = levels[(index + 1) % levels.count]
            log.arrange(page: page)
        case .follow:
            log.follows.toggle()
            log.arrange(page: page)
        default: ignore(action)
        }
        return []
    }

    mutating func typeSearch(_ key: Key) -> [Effect] {
        switch key {
        case .enter:
            log.isSearching = false
            if !log.search.isEmpty, !log.find(forward: false, page: page) {
                toast(.info, "No match for “\(TextFit.end(log.search.text, 24))”")
            }
        case .escape:
            log.isSearching = false
            log.search = TextField()
        case .tab: log.isSearching = false
        case .up, .down: log.cursor.move(by: key == .up ? -1 : 1, count: log.shown.count, page: page)
        default: _ = log.search.handle(key)
        }
        return []
    }
}
