import DeliveryModel
import TerminalKit

enum HistoryScreen: ScreenPlace {
    static let title = "History"

    static func draw(_ model: Model, _ canvas: inout Canvas) {
        HistoryView.draw(model, &canvas, Layout(model.size).body)
    }
    static func perform(_ action: Action, _ model: inout Model) -> [Effect] { model.performHistory(action) }

    static func isTyping(_ model: Model) -> Bool { model.history.isFiltering }
    static func type(_ key: Key, _ model: inout Model) -> [Effect] { model.typeHistoryFilter(key) }

    static func page(_ model: Model) -> Int { max(1, Layout(model.size).body.height - 3) }

    private static func count(_ model: Model) -> Int { model.history.shown(live: model.engine.runs).count }

    static func click(row: Int, _ model: inout Model) -> [Effect] {
        let isAgain = model.history.cursor.row == row
        model.history.isFiltering = false
        model.history.goal = nil
        model.history.cursor.moveTo(row, count: count(model), page: page(model))
        return isAgain ? model.perform(.open) : model.loadMoreHistory()
    }

    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect] {
        model.history.goal = nil
        model.history.cursor.scroll(by: rows, count: count(model), page: page(model))
        return model.loadMoreHistory()
    }

    static func resized(_ model: inout Model) {
        model.history.cursor.keepVisible(count: count(model), page: page(model))
    }

    static func appear(_ model: inout Model) -> [Effect] { [model.reloadHistory()] }

    static func close(_ model: inout Model) -> [Effect]? {
        guard !model.history.filter.isEmpty else { return nil }
        return model.clearHistoryFilter()
    }

    static func findObstacle(_ model: Model) -> String? {
        model.history.filter.isEmpty ? "Set a filter first (/)" : nil
    }

    static func run(_ model: Model) -> RunSummary? { model.selectedHistoryRun }
}
