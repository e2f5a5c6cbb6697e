import DeliveryModel
import Foundation
import TerminalKit

enum SendScreen: ScreenPlace {
    static let title = "Send"

    static func draw(_ model: Model, _ canvas: inout Canvas) { SendView.draw(model, &canvas) }
    static func perform(_ action: Action, _ model: inout Model) -> [Effect] { model.performSend(action) }

    static func isTyping(_ model: Model) -> Bool { model.send.field != nil || model.send.browser.isFiltering }
    static func type(_ key: Key, _ model: inout Model) -> [Effect] {
        model.send.field == nil ? model.typeFileFilter(key) : model.typeField(key)
    }

    static func page(_ model: Model) -> Int { max(1, SendLayout(model).list.height) }

    static func click(row: Int, _ model: inout Model) -> [Effect] {
        let isAgain = model.send.browser.cursor.row == row
        model.send.browser.isFiltering = false
        model.send.browser.filterOrigin = nil
        model.send.browser.cursor.moveTo(row, count: model.send.browser.rows.count, page: page(model))
        return isAgain ? model.perform(.open) : model.selectionChanged()
    }

    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect] {
        model.send.browser.cursor.scroll(by: rows, count: model.send.browser.rows.count, page: page(model))
        return model.selectionChanged()
    }

    static func resized(_ model: inout Model) {
        model.send.browser.cursor.keepVisible(count: model.send.browser.rows.count, page: page(model))
    }

    static func appear(_ model: inout Model) -> [Effect] { tick(&model) + model.lookForSentAgain() }

    static func nextChange(_ model: Model) -> Date? {
        let browser = model.send.browser
        let reading = browser.isOutdated && !browser.isLoading ? browser.readAt.addingTimeInterval(1) : nil
        let dropFolder = model.setup.hasFolder ? model.send.dropFolderAsked.addingTimeInterval(1) : nil
        return [reading, dropFolder].compactMap { $0 }.min()
    }

    static func tick(_ model: inout Model) -> [Effect] {
        model.askForDropFolder() + readFolderAgain(&model)
    }

    /// Reads the folder again after a change, at most once a second.
    private static func readFolderAgain(_ model: inout Model) -> [Effect] {
        let browser = model.send.browser
        guard model.screen == .send, browser.isOutdated, !browser.isLoading,
            model.now.timeIntervalSince(browser.readAt) >= 1
        else { return [] }
        model.send.browser.readAt = model.now
        model.send.browser.isOutdated = false
        return [.listDirectory(browser.directory, including: browser.given)]
    }

    static func close(_ model: inout Model) -> [Effect]? {
        guard !model.send.browser.filter.isEmpty else { return nil }
        model.send.browser.filter = TextField()
        return model.rearrangeBrowser()
    }

    static func findObstacle(_ model: Model) -> String? {
        model.send.browser.filter.isEmpty ? "Set a filter first (/)" : nil
    }
}
