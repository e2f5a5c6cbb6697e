import DeliveryModel
import Foundation
import TerminalKit

enum NodesScreen: ScreenPlace {
    static let title = "Nodes"

    static func draw(_ model: Model, _ canvas: inout Canvas) { NodesView.draw(model, &canvas) }
    static func perform(_ action: Action, _ model: inout Model) -> [Effect] { model.performNodes(action) }

    static func page(_ model: Model) -> Int { max(1, NodesLayout(model.size).rows.height) }

    static func click(row: Int, _ model: inout Model) -> [Effect] {
        let isAgain = model.nodes.cursor.row == row
        model.nodes.cursor.moveTo(row, count: model.shownNodes.count, page: page(model))
        return isAgain ? model.perform(.open) : []
    }

    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect] {
        model.nodes.cursor.scroll(by: rows, count: model.shownNodes.count, page: page(model))
        return []
    }

    static func resized(_ model: inout Model) {
        model.nodes.cursor.keepVisible(count: model.shownNodes.count, page: page(model))
    }

    static func appear(_ model: inout Model) -> [Effect] { model.readNodes() }
}

/// The nodes on top, what they share below.
struct NodesLayout {
    var area: Rectangle
    /// The rows of the table of nodes.
    var rows: Rectangle
    /// The line between both.
    var divider: Int
    var shared: Rectangle

    init(_ size: Size) {
        area = Layout(size).body
        let height = 4
        let content = area.content
        shared = Rectangle(x: content.x, y: content.bottom - height, width: content.width, height: height)
        divider = shared.y - 1
        let inner = area.inset(x: 1, y: 1)
        rows = Rectangle(x: inner.x, y: inner.y, width: inner.width, height: divider - inner.y).below(1)
    }
}
