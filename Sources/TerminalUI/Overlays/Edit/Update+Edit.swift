import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func press(_ key: Key, _ edit: EditModel) -> [Effect] {
        var edit = edit
        let all = EditModel.Row.allCases
        switch key {
        case .escape:
            overlays.removeLast()
            return []
        case .tab, .down: edit.focus(all[(edit.row.rawValue + 1) % all.count])
        case .backTab, .up: edit.focus(all[(edit.row.rawValue + all.count - 1) % all.count])
        case .enter:
            guard !edit.isSending else { return [] }
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

    mutating func takeResent(_ answer: DeliveryResult<RunID>) -> [Effect] {
        var form: EditModel?
        if case .edit(let open) = overlays.last { form = open }
        switch answer {
        case .success(let run):
            if form != nil { overlays.removeLast() }
            toast(.good, "Resending as run \(run)")
            isStale = true
            return refreshFailures()
        case .failure(let error):
            form?.isSending = false
            form?.problem = error.message
            if let form { replaceOverlay(.edit(form)) } else { toast(.bad, error.message) }
            return []
        }
    }
}
