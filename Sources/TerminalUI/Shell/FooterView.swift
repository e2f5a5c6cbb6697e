import DeliveryModel
import TerminalKit

/// The keys that matter now; each is a button.
enum FooterView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        if let hints = hints(model) {
            canvas.write(hints, area.inset(x: 1))
            return
        }
        let bindings = Bindings.footer(on: model.screen).filter {
            ($0.action != .sandbox || model.setup.hasSandbox) && ($0.action != .settings || area.width >= 100)
                && ($0.action != .profiles
                    || model.setup.canSwitchProfile && !model.setup.profiles.isEmpty && area.width >= 100)
                && ($0.action != .back || !model.trail.isEmpty)
        }
        var x = area.x + 1
        // The last three (command, help, quit) always have their place; those before give way.
        let always = bindings.filter { ($0.footer ?? 0) >= 89 }
        let reserved = always.reduce(0) { $0 + width($1, model) }
        var isPartner = false
        for (binding, next) in zip(bindings, bindings.dropFirst().map(Optional.some) + [nil]) {
            let isAlways = (binding.footer ?? 0) >= 89
            let width = width(binding, model)
            let together = binding.isJoined ? width + (next.map { Self.width($0, model) } ?? 0) : width
            let fits = isAlways || isPartner || x + together + reserved <= area.right
            isPartner = fits && binding.isJoined
            guard fits else { continue }
            let canDo = model.obstacle(to: binding.action) == nil
            let line: Line = [
                Line(binding.keys[0].name, canDo ? Style(.accent, .bold) : .faint),
                binding.isJoined ? Line("/", .faint) : Line(" " + label(binding, model), canDo ? .text : .faint),
            ]
            let place = Rectangle(x: x, y: area.y, width: min(line.width, area.right - x), height: 1)
            canvas.write(line, place)
            canvas.addRegion(place, .action(binding.action))
            x += width
        }
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
