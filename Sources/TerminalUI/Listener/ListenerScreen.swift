import DeliveryModel
import Foundation
import TerminalKit

enum ListenerScreen: ScreenPlace {
    static let title = "Listener"

    static func draw(_ model: Model, _ canvas: inout Canvas) { ListenerView.draw(model, &canvas) }
    static func perform(_ action: Action, _ model: inout Model) -> [Effect] { model.performListener(action) }

    static func page(_ model: Model) -> Int { max(1, ListenerLayout(model.size).rows.height) }

    static func click(row: Int, _ model: inout Model) -> [Effect] {
        let isAgain = model.listener.cursor.row == row
        model.listener.cursor.moveTo(row, count: model.listener.snapshot.submissions.count, page: page(model))
        return isAgain ? model.perform(.open) : []
    }

    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect] {
        model.listener.cursor.scroll(by: rows, count: model.listener.snapshot.submissions.count, page: page(model))
        return []
    }

    static func appear(_ model: inout Model) -> [Effect] { model.setup.hasListener ? [.readListener] : [] }
    static func tick(_ model: inout Model) -> [Effect] { appear(&model) }

    static func nextChange(_ model: Model) -> Date? {
        model.setup.hasListener ? model.now.addingTimeInterval(0.5) : nil
    }

    static func run(_ model: Model) -> RunSummary? {
        guard let id = model.selectedSubmission?.run else { return nil }
        return model.newest.run(id)?.summary ?? model.history.runs.first { $0.id == id }
    }

    static func badge(_ model: Model) -> Line? {
        switch model.listener.snapshot.state {
        case .listening: Line("●", .good)
        case .failed: Line("!", .bad)
        case .off, .starting: nil
        }
    }
}
