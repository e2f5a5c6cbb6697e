import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func press(_ key: Key, _ edit: EditModel) -> [Effect] {
        // What is being sent stays as it is until the answer comes.
        guard !edit.isSending || key == .escape else { return [] }
        var edit = edit
        let all = EditModel.Row.allCases
        switch key {
        case .escape:
            overlays.removeLast()
            return []
        case .tab, .down: edit.focus(all[(edit.row.rawValue + 1) % all.count])
        case .backTab, .up: edit.focus(all[(edit.row.rawValue + all.count - 1) % all.count])
        case .enter:
            if let wrong = all.first(where: { FieldCheck.fault(in: edit, $0, rules: setup.rules) != nil }) {
                edit.focus(wrong)
                edit.problem = "Fix the marked field first"
                break
            }
            guard !isAPIMissing else {
                edit.problem = Self.missingAPI
                break
            }
            edit.isSending = true
            edit.problem = nil
            replaceOverlay(.edit(edit))
            return [.resend(edit.record.id, edit.recordFields)]
        default:
            if edit.fields[edit.row.rawValue].handle(key) { edit.problem = nil }
        }
        replaceOverlay(.edit(edit))
        return []
    }

    /// - Parameter fields: what the record was sent with: the form that shows something else is not answered.
    mutating func takeResent(
        _ record: FailedRecord.ID, _ fields: RecordFields, _ answer: DeliveryResult<RunID>
    ) -> [Effect] {
        let index = overlays.lastIndex {
            guard case .edit(let edit) = $0 else { return false }
            return edit.isSending && edit.record.id == record && edit.recordFields == fields
        }
        switch answer {
        case .success(let run):
            if let index { overlays.remove(at: index) }
            toast(.good, "Resending as run \(run)")
            isStale = true
            return refreshFailures()
        case .failure(let error):
            guard let index, case .edit(var edit) = overlays[index] else {
                toast(.bad, error.message)
                return []
            }
            edit.isSending = false
            edit.problem = error.message
            overlays[index] = .edit(edit)
            return []
        }
    }
}
