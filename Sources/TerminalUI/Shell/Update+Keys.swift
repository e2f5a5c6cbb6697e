import DeliveryModel
import TerminalKit

extension Model {
    mutating func press(_ key: Key) -> [Effect] {
        switch key {
        case .control("c"): return interrupt()
        case .control("z"): return [.suspend]
        case .control("l"): return [.repaint]
        default: break
        }
        if isTooSmall {
            if key == .character("q") { return quitUnseen() }
            // It was about leaving at once.
            if asksToQuit { overlays.removeLast() }
            return []
        }
        if let overlay = overlays.last { return press(key, in: overlay) }
        if isTyping { return type(key) }
        guard let binding = Bindings.binding(for: key, on: screen), offers(binding) else { return [] }
        return perform(binding.action)
    }

    /// Whether the screen itself (no overlay) takes characters as text.
    var isTyping: Bool { screen.place.isTyping(self) }

    private mutating func type(_ key: Key) -> [Effect] { screen.place.type(key, &self) }

    /// Pasted text goes where text is typed, and nowhere else: it is never taken for keys.
    mutating func paste(_ text: String) -> [Effect] {
        // One line is what every field holds.
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let takesText: Bool
        switch overlays.last {
        case .palette, .path, .edit, .encoding: takesText = true
        case .fix(let fix): takesText = fix.row == .first || fix.row == .second
        case .settings(let settings): takesText = settings.row == .address || settings.row == .key
        case .none: takesText = isTyping
        case .help, .sandbox, .confirmation, .mapping, .inspector, .profiles, .erasure, .audit: takesText = false
        }
        guard takesText, !isTooSmall, !line.isEmpty else { return [] }
        return line.prefix(4096).reduce(into: []) { effects, character in
            effects = press(.character(character))
        }
    }

    private mutating func interrupt() -> [Effect] { asksToQuit ? [.exit(.now)] : quit() }

    /// Whether the question about leaving is open.
    var asksToQuit: Bool {
        if case .confirmation(let confirmation) = overlays.last { confirmation.subject == .quit } else { false }
    }

    /// Where there is no room for a question, the second time answers it.
    private mutating func quitUnseen() -> [Effect] { asksToQuit ? [.exit(.finishInFlight)] : quit() }

    mutating func quit() -> [Effect] {
        // Another process delivers, and continues.
        guard setup.attachedTo == nil, !activeRuns.isEmpty else { return [.exit(.finishInFlight)] }
        ask(.quit)
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
        return screen.place.appear(&self)
    }

    /// Esc: closes the nearest thing, then goes back to where one came from.
    mutating func back() -> [Effect] {
        if let effects = screen.place.close(&self) { return effects }
        guard let previous = trail.popLast() else { return [] }
        return show(previous)
    }
}
