import DeliveryModel
import Foundation
import TerminalKit

/// The screen of the nodes that share the journal.
struct NodesModel: Sendable {
    var snapshot = NodesSnapshot()
    var cursor = ListCursor()
    /// When they were asked for last.
    var lastAsked = Date.distantPast

    static let interval = 1.0
}

extension Model {
    /// The screens that there are here.
    var screens: [Screen] { Screen.allCases.filter { $0 != .nodes || setup.hasNodes } }

    /// Whether an action exists here at all: one that doesn't has no key, and no place in help and palette.
    func offers(_ binding: Binding) -> Bool {
        setup.hasNodes || binding.action != .goNodes && binding.screens != [.nodes]
    }

    /// The nodes in their order on the screen: those that are gone last.
    var shownNodes: [NodeRecord] {
        nodes.snapshot.present + nodes.snapshot.nodes.filter { $0.state == .gone }
    }

    var selectedNode: NodeRecord? {
        shownNodes.indices.contains(nodes.cursor.row) ? shownNodes[nodes.cursor.row] : nil
    }

    mutating func readNodes() -> [Effect] {
        guard setup.hasNodes else { return [] }
        nodes.lastAsked = now
        return [.readNodes]
    }

    /// What other nodes did, once a second: of theirs nothing is told by itself.
    mutating func followNodes() -> [Effect] {
        guard setup.hasNodes, now.timeIntervalSince(nodes.lastAsked) >= NodesModel.interval else { return [] }
        isStale = true
        var effects = readNodes() + refreshFailures()
        switch screen {
        // More than its first part is read on as one scrolls.
        case .history where history.runs.count <= Self.historyPage && !isFrozen:
            effects.append(.loadHistory(before: nil))
        case .run:
            if let shown = shownRun?.id, newest.run(shown) == nil { effects.append(.loadSummary(shown)) }
        case .send, .failures, .history, .listener, .log, .nodes: break
        }
        return effects
    }

    mutating func take(_ snapshot: NodesSnapshot?) -> [Effect] {
        guard !isFrozen, let snapshot else { return [] }
        let selected = selectedNode?.id
        nodes.snapshot = snapshot
        // Nodes come and go: the cursor stays on its own.
        let row = shownNodes.firstIndex { $0.id == selected } ?? nodes.cursor.row
        nodes.cursor.moveTo(row, count: shownNodes.count, page: page(of: .nodes))
        return []
    }

    mutating func performNodes(_ action: Action) -> [Effect] {
        if nodes.cursor.move(action, count: shownNodes.count, page: page) { return [] }
        guard action == .open, let node = selectedNode else { return [] }
        history.filter = TextField("node:\(node.name)")
        history.cursor = ListCursor()
        return go(to: .history)
    }
}
