import CustomerRecords
import DeliveryModel
import TerminalKit

/// One change that is being put together for many undelivered records.
struct FixModel: Sendable {
    enum Row: Int, CaseIterable, Sendable { case field, action, first, second }
    enum Action: Int, CaseIterable, Sendable { case trim, replace, set }

    var selection: BulkFix.Selection
    /// What the selection is, in words.
    var scope: String
    var field: KnownColumn
    var action = Action.replace
    var row = Row.first
    /// What each action was given: what is looked for or put there, and what replaces it.
    private var texts: [Action: [TextField]]
    /// What the change would do; `nil` while that is counted.
    var preview: DeliveryResult<FixPreview>?
    var isSending = false
    var problem: String?

    init(selection: BulkFix.Selection, scope: String, field: KnownColumn) {
        self.selection = selection
        self.scope = scope
        self.field = field
        texts = [
            .trim: [TextField(" \"'*.,;:=_-")], .replace: [TextField(), TextField()], .set: [TextField()],
        ]
    }

    /// The rows that the action has.
    var rows: [Row] { action == .replace ? Row.allCases : [.field, .action, .first] }

    var first: TextField { texts[action]?.first ?? TextField() }
    var second: TextField { texts[action]?.last ?? TextField() }

    /// The change; `nil` while it would change nothing.
    var change: RecordChange? {
        let text = first.text
        guard !text.isEmpty else { return nil }
        switch action {
        case .trim: return RecordChange(field: field, kind: .trim(text))
        case .replace:
            return text == second.text ? nil : RecordChange(field: field, kind: .replace(text, with: second.text))
        case .set: return RecordChange(field: field, kind: .set(text))
        }
    }

    var fix: BulkFix? { change.map { BulkFix(change: $0, selection: selection) } }

    mutating func focus(_ row: Row) {
        self.row = row
        for index in texts[action, default: []].indices { texts[action]?[index].deselect() }
        if let place { texts[action]?[place].selectAll() }
    }

    mutating func move(by step: Int) {
        let place = rows.firstIndex(of: row) ?? 0
        focus(rows[(place + step + rows.count) % rows.count])
    }

    /// Another field or action, where the row is a choice.
    mutating func choose(by step: Int) {
        switch row {
        case .field:
            let all = KnownColumn.allCases
            field = all[((all.firstIndex(of: field) ?? 0) + step + all.count) % all.count]
        case .action:
            let all = Action.allCases
            action = all[(action.rawValue + step + all.count) % all.count]
        case .first, .second: break
        }
    }

    mutating func type(_ key: Key) -> Bool {
        guard let place else { return false }
        return texts[action]?[place].handle(key) ?? false
    }

    /// Of the text that has the keys.
    private var place: Int? {
        switch row {
        case .field, .action: nil
        case .first: 0
        case .second: action == .replace ? 1 : nil
        }
    }
}
