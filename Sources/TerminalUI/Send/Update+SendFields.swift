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
            _ = send.fields[field]?.handle(key)
        case .character(let character) where !character.isASCII || !character.isNumber:
            // The fields hold numbers; a letter here is an action's key.
            if character == "q" || character == "?" || character == ":" { return [] }
        case .character:
            if let text = send.fields[field], text.isSelected || text.characters.count < field.maximumCharacters {
                _ = send.fields[field]?.handle(key)
            }
        default: _ = send.fields[field]?.handle(key)
        }
        return []
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
        // Somebody else may have changed the hours while another field was typed in.
        if let before = send.fieldsBefore,
            [SendModel.Field.window, .dailyLimit].allSatisfy({ before[$0]?.text == send.fields[$0]?.text })
        {
            showSchedule()
        }
        send.fieldsBefore = nil
    }

    private mutating func endTyping() {
        guard let field = send.field else { return }
        send.fields[field]?.deselect()
        send.field = nil
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

    /// The engine's numbers were changed elsewhere: the fields follow, unless one of them is being typed in.
    mutating func followPacing(from old: EngineSnapshot) {
        guard send.field == nil else { return }
        if newest.concurrencyMaximum != old.concurrencyMaximum {
            send.fields[.concurrency] = TextField(String(newest.concurrencyMaximum))
        }
        if newest.rateMaximum != old.rateMaximum {
            send.fields[.rate] = TextField(newest.rateMaximum.map(String.init) ?? "")
        }
        if newest.schedule != old.schedule { showSchedule() }
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
