import DeliveryModel

extension Model {
    mutating func press(_ key: Key) -> [Effect] {
        switch key {
        case .control("c"): return interrupt()
        case .control("z"): return [.suspend]
        case .control("l"): return [.repaint]
        default: break
        }
        if isTooSmall { return key == .character("q") ? quit() : [] }
        if let overlay = overlays.last { return press(key, in: overlay) }
        if isTyping { return type(key) }
        guard let binding = Bindings.binding(for: key, on: screen) else { return [] }
        return perform(binding.action)
    }

    /// Whether the screen itself (no overlay) takes characters as text.
    var isTyping: Bool {
        switch screen {
        case .send: send.field != nil || send.browser.isFiltering
        case .failures: failures.isFiltering
        case .history: history.isFiltering
        case .log: log.isSearching
        case .run, .listener: false
        }
    }

    private mutating func type(_ key: Key) -> [Effect] {
        switch screen {
        case .send: send.field == nil ? typeFileFilter(key) : typeField(key)
        case .failures: typeFailureFilter(key)
        case .history: typeHistoryFilter(key)
        case .log: typeSearch(key)
        case .run, .listener: []
        }
    }

    /// Pasted text goes where text is typed, and nowhere else: it is never taken for keys.
    mutating func paste(_ text: String) -> [Effect] {
        // One line is what every field holds.
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let takesText: Bool
        switch overlays.last {
        case .palette, .path, .edit: takesText = true
        case .settings(let settings): takesText = settings.row == .address || settings.row == .key
        case .none: takesText = isTyping
        default: takesText = false
        }
        guard takesText, !line.isEmpty else { return [] }
        return line.prefix(4096).reduce(into: []) { effects, character in
            effects = press(.character(character))
        }
    }

    private mutating func interrupt() -> [Effect] {
        if case .confirmation(let question) = overlays.last,
            question.choices.contains(where: { $0.command == .quit(.now) })
        {
            return [.exit(.now)]
        }
        return quit()
    }

    mutating func quit() -> [Effect] {
        let active = activeRuns
        guard !active.isEmpty else { return [.exit(.finishInFlight)] }
        let what = active.count == 1 ? "Run \(active[0].id) is going." : "\(active.count) runs are going."
        overlays.append(
            .confirmation(
                Confirmation(
                    title: "Quit?",
                    lines: [
                        Line(what), Line("Either way nothing is lost: it can be resumed at the next start.", .dim),
                    ],
                    choices: [
                        Confirmation.Choice(
                            key: .character("f"), label: "Finish in-flight and quit", command: .quit(.finishInFlight)),
                        Confirmation.Choice(
                            key: .character("n"), label: "Stop now", isDangerous: true, command: .quit(.now)),
                        Confirmation.Choice(key: .escape, label: "Stay", command: .cancel),
                    ])))
        return []
    }

    /// Why nothing can be shown in a terminal this small.
    var isTooSmall: Bool { size.width < 60 || size.height < 16 }

    mutating func go(to screen: Screen) -> [Effect] {
        guard screen != self.screen else { return [] }
        leaveField()
        trail.append(self.screen)
        if trail.count > 16 { trail.removeFirst() }
        return show(screen)
    }

    private mutating func show(_ screen: Screen) -> [Effect] {
        self.screen = screen
        switch screen {
        case .failures: return [fetchFailures(mayHaveChanged: true)]
        case .history: return [.loadHistory(before: nil)]
        case .listener: return setup.hasListener ? [.readListener] : []
        case .log: return [.readLog(after: log.last)]
        case .send, .run: return []
        }
    }

    /// Esc: closes the nearest thing, then goes back to where one came from.
    mutating func back() -> [Effect] {
        switch screen {
        case .send where !send.browser.filter.isEmpty:
            send.browser.filter = TextField()
            return rearrangeBrowser()
        case .failures where failures.rangeStart != nil:
            failures.rangeStart = nil
            return []
        case .failures where !failures.filter.isEmpty:
            failures.filter = TextField()
            return requery()
        case .history where !history.filter.isEmpty:
            history.filter = TextField()
            return []
        case .log where !log.search.isEmpty:
            log.search = TextField()
            return []
        default:
            guard let previous = trail.popLast() else { return [] }
            return show(previous)
        }
    }
}
