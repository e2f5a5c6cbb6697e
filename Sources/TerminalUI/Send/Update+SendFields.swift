import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// The keys of a field below the browser. What is typed counts immediately.
    mutating func typeField(_ key: Key) -> [Effect] {
        guard let field = send.field else { return [] }
        let all = SendModel.Field.allCases
        switch key {
        case .escape:
            // As everywhere: what was typed is discarded.
            if let before = send.fieldsBefore { send.fields = before }
            leaveField()
        case .enter:
            leaveField()
            return applyPacing() + applySchedule() + compareWithList()
        case .tab, .down: focus(all[(field.rawValue + 1) % all.count])
        case .backTab, .up: focus(all[(field.rawValue + all.count - 1) % all.count])
        case .character(let character) where !field.isNumber:
            guard character.isASCII, let text = send.fields[field],
                text.isSelected || text.characters.count < field.maximumCharacters
            else { return [] }
            edit(field, key)
        case .character(let character) where !character.isASCII || !character.isNumber:
            // The fields hold numbers; a letter here is an action's key.
            if character == "q" || character == "?" || character == ":" { return [] }
        case .character:
            if let text = send.fields[field], text.isSelected || text.characters.count < field.maximumCharacters {
                edit(field, key)
            }
        default: edit(field, key)
        }
        return []
    }

    private mutating func edit(_ field: SendModel.Field, _ key: Key) {
        let before = send.fields[field]?.text
        _ = send.fields[field]?.handle(key)
        if send.fields[field]?.text != before { send.edited.insert(field) }
    }

    mutating func focus(_ field: SendModel.Field) {
        let before = send.fieldsBefore ?? send.fields
        endTyping()
        send.fieldsBefore = before
        send.field = field
        send.fields[field]?.selectAll()
    }

    mutating func leaveField() {
        endTyping()
        send.fieldsBefore = nil
        send.edited = []
    }

    private mutating func endTyping() {
        guard let field = send.field else { return }
        send.fields[field]?.deselect()
        send.field = nil
        // What was changed elsewhere while it had the keys.
        if !send.edited.contains(field), let followed = send.fieldsBefore?[field] { send.fields[field] = followed }
        // An emptied bound is said, not guessed.
        if field == .minimumAge, send.text(.minimumAge).isEmpty {
            send.fields[.minimumAge] = TextField("0")
            toast(.info, "Minimum age 0: people of all ages")
        }
    }

    /// Tells the engine the numbers that changed.
    private func applyPacing() -> [Effect] {
        var effects: [Effect] = []
        if let concurrency = send.concurrency, concurrency != newest.concurrencyMaximum {
            effects.append(.setConcurrency(concurrency))
        }
        if let rate = send.rate, rate != newest.rateMaximum { effects.append(.setRate(rate)) }
        return effects
    }

    /// The engine's numbers were changed elsewhere: the fields follow, but for those that are being typed.
    mutating func followPacing(from old: EngineSnapshot) {
        if newest.concurrencyMaximum != old.concurrencyMaximum {
            follow(.concurrency, String(newest.concurrencyMaximum))
        }
        if newest.rateMaximum != old.rateMaximum { follow(.rate, newest.rateMaximum.map(String.init)) }
        if newest.schedule != old.schedule {
            follow(.window, newest.schedule.window)
            follow(.dailyLimit, newest.schedule.dailyLimit.map(String.init))
        }
    }

    /// Esc leads back to what holds now. A field with the keys follows when it loses them.
    private mutating func follow(_ field: SendModel.Field, _ text: String?) {
        let text = TextField(text ?? "")
        send.fieldsBefore?[field] = text
        guard send.field != field, !send.edited.contains(field) else { return }
        send.fields[field] = text
    }

    mutating func typeFileFilter(_ key: Key) -> [Effect] {
        switch key {
        case .enter, .tab:
            send.browser.isFiltering = false
            return []
        case .escape:
            send.browser.isFiltering = false
            send.browser.filter = TextField()
        case .up, .down:
            send.browser.cursor.move(by: key == .up ? -1 : 1, count: send.browser.rows.count, page: page)
            send.browser.filterOrigin = send.browser.selected ?? send.browser.filterOrigin
            return selectionChanged()
        default:
            let before = send.browser.filter.text
            _ = send.browser.filter.handle(key)
            if before == send.browser.filter.text { return [] }
        }
        return rearrangeBrowser()
    }
}
