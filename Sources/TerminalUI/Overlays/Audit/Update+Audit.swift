import DeliveryModel
import TerminalKit

extension Model {
    mutating func openAudit(of run: RunID?) -> [Effect] {
        let audit = AuditModel(run: run)
        overlays.append(.audit(audit))
        return [.readAudit(audit.query)]
    }

    mutating func press(_ key: Key, _ audit: AuditModel) -> [Effect] {
        var audit = audit
        switch key {
        case .escape, .enter, .character("a"), .character("q"):
            overlays.removeLast()
            return []
        default:
            guard let binding = Bindings.movement.first(where: { $0.screens.isEmpty && $0.keys.contains(key) })
            else { return [] }
            _ = audit.cursor.move(binding.action, count: audit.entries.count, page: AuditLayout(size).page)
        }
        replaceOverlay(.audit(audit))
        return []
    }

    mutating func click(_ row: Int, _ audit: AuditModel) -> [Effect] {
        var audit = audit
        audit.cursor.moveTo(row, count: audit.entries.count, page: AuditLayout(size).page)
        replaceOverlay(.audit(audit))
        return []
    }

    mutating func takeAudit(_ query: AuditQuery, _ answer: DeliveryResult<[AuditEntry]>) -> [Effect] {
        let index = overlays.firstIndex { if case .audit(let open) = $0 { open.query == query } else { false } }
        guard let index, case .audit(var audit) = overlays[index] else { return [] }
        switch answer {
        case .success(let entries):
            audit.entries = Array(entries.prefix(AuditModel.maximumEntries))
            audit.isCut = entries.count > AuditModel.maximumEntries
            audit.read = now
            audit.problem = nil
            audit.cursor.keepVisible(count: audit.entries.count, page: AuditLayout(size).page)
        case .failure(let error): audit.problem = error.message
        }
        overlays[index] = .audit(audit)
        return []
    }
}
