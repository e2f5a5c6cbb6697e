import DeliveryModel
import Foundation
import TerminalKit

enum LogScreen: ScreenPlace {
    static let title = "Log"

    static func draw(_ model: Model, _ canvas: inout Canvas) { LogView.draw(model, &canvas, Layout(model.size).body) }
    static func perform(_ action: Action, _ model: inout Model) -> [Effect] { model.performLog(action) }

    static func isTyping(_ model: Model) -> Bool { model.log.isSearching }
    static func type(_ key: Key, _ model: inout Model) -> [Effect] { model.typeSearch(key) }

    static func page(_ model: Model) -> Int { max(1, Layout(model.size).body.height - 2) }

    static func click(row: Int, _ model: inout Model) -> [Effect] {
        model.log.follows = false
        model.log.cursor.moveTo(row, count: model.log.shown.count, page: page(model))
        return []
    }

    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect] {
        model.log.follows = false
        model.log.cursor.scroll(by: rows, count: model.log.shown.count, page: page(model))
        return []
    }

    static func resized(_ model: inout Model) {
        model.log.cursor.keepVisible(count: model.log.shown.count, page: page(model))
    }

    static func appear(_ model: inout Model) -> [Effect] { [.readLog(after: model.log.last)] }
    static func tick(_ model: inout Model) -> [Effect] { appear(&model) }
    static func nextChange(_ model: Model) -> Date? { model.now.addingTimeInterval(0.5) }

    static func close(_ model: inout Model) -> [Effect]? {
        guard !model.log.search.isEmpty else { return nil }
        model.log.search = TextField()
        return []
    }

    static func findObstacle(_ model: Model) -> String? {
        model.log.search.isEmpty ? "Search first (/)" : nil
    }
}
