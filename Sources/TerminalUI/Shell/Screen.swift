import DeliveryModel
import Foundation
import TerminalKit

enum Screen: Int, CaseIterable, Hashable, Sendable {
    case send = 1
    case run, failures, history, listener, log, nodes

    /// What the screen is and does: the one place that tells the screens apart.
    var place: any ScreenPlace.Type {
        switch self {
        case .send: SendScreen.self
        case .run: RunScreen.self
        case .failures: FailuresScreen.self
        case .history: HistoryScreen.self
        case .listener: ListenerScreen.self
        case .log: LogScreen.self
        case .nodes: NodesScreen.self
        }
    }

    var title: String { place.title }
}

/// A screen: how it is drawn, and what becomes of what happens on it.
protocol ScreenPlace {
    static var title: String { get }
    static func draw(_ model: Model, _ canvas: inout Canvas)
    static func perform(_ action: Action, _ model: inout Model) -> [Effect]

    /// Whether characters are text here now, and where they go then.
    static func isTyping(_ model: Model) -> Bool
    static func type(_ key: Key, _ model: inout Model) -> [Effect]

    /// Its list: the rows that are seen at once, and what the mouse does to it.
    static func page(_ model: Model) -> Int
    static func click(row: Int, _ model: inout Model) -> [Effect]
    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect]
    static func resized(_ model: inout Model)

    /// What is to be asked for when it is shown, and again and again while it is.
    static func appear(_ model: inout Model) -> [Effect]
    static func nextChange(_ model: Model) -> Date?
    static func tick(_ model: inout Model) -> [Effect]

    /// Closes the nearest thing; `nil` when there is nothing to close.
    static func close(_ model: inout Model) -> [Effect]?
    /// Why the next match can't be gone to.
    static func findObstacle(_ model: Model) -> String?
    /// The run that actions on a run are about here.
    static func run(_ model: Model) -> RunSummary?
    /// The requests that the inspector shows here.
    static func inspected(_ model: Model) -> InspectorModel.Scope?
    /// What stands beside its name.
    static func badge(_ model: Model) -> Line?
}

extension ScreenPlace {
    static func isTyping(_ model: Model) -> Bool { false }
    static func type(_ key: Key, _ model: inout Model) -> [Effect] { [] }
    static func resized(_ model: inout Model) {}
    static func appear(_ model: inout Model) -> [Effect] { [] }
    static func nextChange(_ model: Model) -> Date? { nil }
    static func tick(_ model: inout Model) -> [Effect] { [] }
    static func close(_ model: inout Model) -> [Effect]? { nil }
    static func findObstacle(_ model: Model) -> String? { "Nothing to search here" }
    static func run(_ model: Model) -> RunSummary? { model.shownRun?.summary }
    static func inspected(_ model: Model) -> InspectorModel.Scope? { model.shownRun.map { .run($0.id) } }
    static func badge(_ model: Model) -> Line? { nil }
}
