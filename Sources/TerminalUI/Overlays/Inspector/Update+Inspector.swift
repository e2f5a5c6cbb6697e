import DeliveryModel
import Foundation
import TerminalKit

extension Model {
    mutating func openInspector() -> [Effect] {
        guard let scope = screen.place.inspected(self) else { return [] }
        var inspector = InspectorModel(scope)
        inspector.readAt = now
        overlays.append(.inspector(inspector))
        return [.readRequests]
    }

    mutating func press(_ key: Key, _ inspector: InspectorModel) -> [Effect] {
        var inspector = inspector
        let count = inspector.traces.count
        let layout = InspectorLayout(size)
        let before = inspector.cursor.row
        switch key {
        case .escape, .character("o"):
            overlays.removeLast()
            return []
        case .up, .character("k"): inspector.cursor.move(by: -1, count: count, page: layout.page)
        case .down, .character("j"): inspector.cursor.move(by: 1, count: count, page: layout.page)
        case .home, .character("g"): inspector.cursor.moveTo(0, count: count, page: layout.page)
        case .end, .character("G"): inspector.cursor.moveTo(count - 1, count: count, page: layout.page)
        case .pageDown, .character(" "), .right: inspector.top = scrolled(inspector, by: layout.detail.height - 1)
        case .pageUp, .left: inspector.top = scrolled(inspector, by: 1 - layout.detail.height)
        case .character("e"):
            inspector.showsFaultsOnly.toggle()
            inspector.take(inspector.all ?? [], page: layout.page)
        case .character("X"):
            isUnmasked.toggle()
            return []
        case .character("y"): return copy(inspector)
        default: return []
        }
        if inspector.cursor.row != before { inspector.top = 0 }
        inspector.selected = inspector.current?.id
        replaceOverlay(.inspector(inspector))
        return []
    }

    private func scrolled(_ inspector: InspectorModel, by rows: Int) -> Int {
        guard let trace = inspector.current else { return 0 }
        let area = InspectorLayout(size).detail
        let lines = TraceText.lines(trace, attempts: inspector.attempts(of: trace), self, width: area.width).count
        return max(0, min(inspector.top + rows, lines - area.height))
    }

    mutating func click(_ row: Int, _ inspector: InspectorModel) -> [Effect] {
        var inspector = inspector
        inspector.cursor.row = row
        inspector.top = 0
        inspector.selected = inspector.current?.id
        replaceOverlay(.inspector(inspector))
        return []
    }

    private mutating func copy(_ inspector: InspectorModel) -> [Effect] {
        guard let trace = inspector.current else { return [] }
        guard setup.hasClipboard else {
            toast(.info, "This terminal has no clipboard")
            return []
        }
        let isCut = trace.shownRecords < trace.records
        let note = isCut ? ", with the first \(trace.shownRecords) of \(NumberText.records(trace.records))" : ""
        toast(.good, "Copied as curl\(note). Put the token in $TOKEN.")
        return [.copy(TraceText.curl(trace))]
    }

    mutating func takeRequests(_ answer: DeliveryResult<[RequestTrace]>) -> [Effect] {
        guard case .inspector(var inspector) = overlays.last else { return [] }
        switch answer {
        case .success(let requests):
            inspector.problem = nil
            inspector.take(requests, page: InspectorLayout(size).page)
        case .failure(let error): inspector.problem = error.message
        }
        replaceOverlay(.inspector(inspector))
        return []
    }

    /// What is asked for while the requests are looked at and something has happened. From another process they come in
    /// megabytes, so not with each of its snapshots.
    mutating func followRequests() -> [Effect] {
        guard case .inspector(var inspector) = overlays.last, !isFrozen else { return [] }
        guard setup.attachedTo == nil || now.timeIntervalSince(inspector.readAt) >= 1 else { return [] }
        inspector.readAt = now
        replaceOverlay(.inspector(inspector))
        return [.readRequests]
    }
}
