import DeliveryModel
import TerminalKit

/// The keys that matter now; each is a button.
enum FooterView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        if let hints = hints(model) {
            canvas.write(hints, area.inset(x: 1))
            return
        }
        let bindings = bindings(model, area.width)
        var x = area.x + 1
        for (binding, next) in zip(bindings, bindings.dropFirst().map(Optional.some) + [nil]) {
            // One that shares its place with the next one has no label of its own.
            let isJoined = binding.isJoined && next != nil
            let canDo = model.obstacle(to: binding.action) == nil
            let line: Line = [
                Line(binding.keys[0].name, canDo ? Style(.accent, .bold) : .faint),
                isJoined ? Line("/", .faint) : Line(" " + label(binding, model), canDo ? .text : .faint),
            ]
            let place = Rectangle(x: x, y: area.y, width: min(line.width, area.right - x), height: 1)
            canvas.write(line, place)
            canvas.addRegion(place, .action(binding.action))
            x += width(binding, model)
        }
    }

    /// Those that have room, in the order of the table but for what matters most now, which stands first.
    private static func bindings(_ model: Model, _ columns: Int) -> [Binding] {
        let all = Bindings.footer(on: model.screen).filter {
            ($0.action != .sandbox || model.setup.hasSandbox) && ($0.action != .settings || columns >= 100)
                && ($0.action != .profiles
                    || model.setup.canSwitchProfile && !model.setup.profiles.isEmpty && columns >= 100)
                && ($0.action != .back || !model.trail.isEmpty)
        }
        let first = model.screen == .send ? model.keysOfFile : []
        func rank(_ binding: Binding) -> Int {
            if binding.action == .help { return -1 }
            if let index = first.firstIndex(of: binding.action) { return index }
            // The way to every key has its place before those that don't matter most.
            let isAlways = (binding.footer ?? 0) >= 89 && (first.isEmpty || binding.action != .sandbox)
            return (isAlways ? 100 : 200) + (binding.footer ?? 0)
        }
        var room = columns + 1
        var shown: Set<Action> = []
        let ranked = all.sorted { rank($0) < rank($1) }
        for (index, binding) in ranked.enumerated() where !shown.contains(binding.action) {
            let partner = binding.isJoined && index + 1 < ranked.count ? ranked[index + 1] : nil
            let needed = width(binding, model) + (partner.map { width($0, model) } ?? 0)
            guard needed <= room else { continue }
            room -= needed
            shown.insert(binding.action)
            if let partner { shown.insert(partner.action) }
        }
        let places = first.enumerated().reduce(into: [Action: Int]()) { $0[$1.element] = $1.offset - 100 }
        return all.filter { shown.contains($0.action) }
            .sorted { (places[$0.action] ?? $0.footer ?? 0) < (places[$1.action] ?? $1.footer ?? 0) }
    }

    private static func width(_ binding: Binding, _ model: Model) -> Int {
        let key = SafeText.width(binding.keys[0].name)
        return binding.isJoined ? key + 1 : key + 1 + SafeText.width(label(binding, model)) + 2
    }

    private static func label(_ binding: Binding, _ model: Model) -> String {
        switch binding.action {
        case .pause where model.shownRun?.state == .paused: "Resume"
        case .open where model.screen == .send: openLabel(model)
        default: binding.footerLabel ?? binding.label
        }
    }

    /// What Enter does with what the cursor is on.
    private static func openLabel(_ model: Model) -> String {
        guard let path = model.send.browser.selectedFile else { return "Open" }
        guard case .unmapped(path, let source) = model.send.preview else { return "Send" }
        return model.send.needsEncoding(path, source) ? "Encoding" : "Columns"
    }

    /// What the keys mean while something is typed or asked.
    private static func hints(_ model: Model) -> Line? {
        switch model.overlays.last {
        case .help: return keys(("↑↓", "Scroll"), ("Esc", "Close"))
        case .palette: return keys(("↑↓", "Choose"), ("Enter", "Run"), ("Esc", "Close"))
        case .settings: return keys(("Tab", "Next"), ("Enter", "Save"), ("Esc", "Close"))
        case .sandbox:
            return keys(("↑↓", "Choose"), ("←→", "Change"), ("Space", "Toggle"), ("0", "Reset"), ("Esc", "Close"))
        case .confirmation(let confirmation):
            return model.question(confirmation.subject).word == nil
                ? keys(("←→", "Choose"), ("Enter", focused(confirmation, model)), ("Esc", "Cancel"))
                : keys(("Enter", "Confirm"), ("Esc", "Cancel"))
        case .edit: return keys(("Tab", "Next field"), ("Enter", "Resend"), ("Esc", "Cancel"))
        case .path: return keys(("Tab", "Complete"), ("Enter", "Go"), ("Esc", "Cancel"))
        case .mapping(let mapping):
            return keys(
                MappingView.keys.map { key in
                    if key.keys == "Enter", mapping.focus == nil { return ("Enter", "Use it") }
                    if key.keys == "Esc", mapping.asksToDiscard { return ("Esc", "Discard") }
                    return (key.keys, key.label)
                } + [("?", "Help")])
        case .fix: return keys(("Tab", "Next"), ("←→", "Choose"), ("Enter", "Resend"), ("Esc", "Cancel"))
        case .inspector:
            return keys(
                ("↑↓", "Request"), ("PgDn", "Scroll"), ("e", "Failed only"), ("y", "Copy as curl"), ("X", "Unmask"),
                ("Esc", "Close"))
        case .profiles: return keys(("↑↓", "Choose"), ("Enter", "Use it"), ("Esc", "Close"))
        case .erasure(let erasure):
            let scroll = erasure.lines(ErasureLayout(model.size).columns).count > ErasureLayout(model.size).page
            return keys(
                (erasure.asksForWord ? [("Enter", "Erase")] : []) + (scroll ? [("↑↓", "Scroll")] : [])
                    + [("Esc", erasure.asksForWord ? "Cancel" : "Close")])
        case .audit: return keys(("↑↓", "Scroll"), ("Esc", "Close"))
        case .encoding: return keys(("↑↓", "Choose"), ("Enter", "Use it"), ("Esc", "Cancel"))
        case .none: break
        }
        guard model.isTyping else { return nil }
        if model.screen == .send, model.send.field != nil {
            return keys(("Tab", "Next field"), ("Enter", "Done"), ("Esc", "Cancel"))
        }
        return keys(("Enter", "Done"), ("↑↓", "Move"), ("Esc", "Clear"))
    }

    /// What Enter does: the button that has the focus.
    private static func focused(_ confirmation: Confirmation, _ model: Model) -> String {
        let question = model.question(confirmation.subject)
        return question.choices[question.focus(confirmation)].label
    }

    private static func keys(_ pairs: (String, String)...) -> Line { keys(pairs) }

    private static func keys(_ pairs: [(String, String)]) -> Line {
        pairs.map { [Line($0.0, Style(.accent, .bold)), Line(" " + $0.1, .dim)] as Line }.joined(separator: "  ")
    }
}

extension Binding {
    /// Whether it shares its place with the next one.
    fileprivate var isJoined: Bool { footerLabel?.isEmpty == true }
}
