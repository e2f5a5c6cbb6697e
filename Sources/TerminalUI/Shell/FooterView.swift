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
            let isJoined = isJoined(binding, model) && next != nil
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
            let partner = isJoined(binding, model) && index + 1 < ranked.count ? ranked[index + 1] : nil
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

    /// Whether it shares its place with the next one, as two keys do that mean the same.
    private static func isJoined(_ binding: Binding, _ model: Model) -> Bool {
        binding.footerLabel?.isEmpty == true
            || model.screen == .send && binding.action == .open
                && model.send.browser.selectedFile != nil
    }

    private static func width(_ binding: Binding, _ model: Model) -> Int {
        let key = SafeText.width(binding.keys[0].name)
        return isJoined(binding, model) ? key + 1 : key + 1 + SafeText.width(label(binding, model)) + 2
    }

    private static func label(_ binding: Binding, _ model: Model) -> String {
        switch binding.action {
        case .pause where model.shownRun?.state == .paused: "Resume"
        default: binding.footerLabel ?? binding.label
        }
    }

    /// What the keys mean while something is typed or asked.
    private static func hints(_ model: Model) -> Line? {
        switch model.overlays.last {
        case .help: return keys(("↑↓", "Scroll"), ("Esc", "Close"))
        case .palette: return keys(("↑↓", "Choose"), ("Enter", "Run"), ("Esc", "Close"))
        case .settings: return keys(("Tab", "Next"), ("Enter", "Save"), ("Esc", "Close"))
        case .sandbox:
            return keys(("↑↓", "Choose"), ("←→", "Change"), ("Space", "Toggle"), ("0", "Reset"), ("Esc", "Close"))
        case .confirmation(let confirmation): return keys(confirmation, model.question(confirmation.subject))
        case .edit: return keys(("Tab", "Next field"), ("Enter", "Resend"), ("Esc", "Cancel"))
        case .path(let prompt):
            return keys(("Tab", "Complete"), ("Enter", verb(prompt.purpose)), ("Esc", "Cancel"))
        case .mapping(let mapping):
            return keys(
                MappingView.keys.map { key in
                    if key.keys == "Enter", mapping.focus == nil { return ("Enter", "Apply") }
                    if key.keys == "Esc", mapping.asksToDiscard { return ("Esc", "Discard") }
                    return (key.keys, key.label)
                } + [("?", "Help")])
        case .fix: return keys(("Tab", "Next"), ("←→", "Choose"), ("Enter", "Resend"), ("Esc", "Cancel"))
        case .inspector:
            return keys(
                ("↑↓", "Request"), ("PgDn", "Scroll"), ("e", "Failed only"), ("y", "Copy as curl"), ("X", "Unmask"),
                ("Esc", "Close"))
        case .profiles: return keys(("↑↓", "Choose"), ("Enter", "Switch"), ("Esc", "Close"))
        case .erasure(let erasure):
            let scroll = erasure.lines(ErasureLayout(model.size).columns).count > ErasureLayout(model.size).page
            return keys(
                (erasure.asksForWord ? [("Enter", "Erase")] : []) + (scroll ? [("↑↓", "Scroll")] : [])
                    + [("Esc", erasure.asksForWord ? "Cancel" : "Close")])
        case .audit: return keys(("↑↓", "Scroll"), ("Esc", "Close"))
        case .encoding: return keys(("↑↓", "Choose"), ("Enter", "Apply"), ("Esc", "Cancel"))
        case .none: break
        }
        guard model.isTyping else { return nil }
        if model.screen == .send, model.send.field != nil {
            return keys(("Tab", "Next field"), ("Enter", "Done"), ("Esc", "Cancel"))
        }
        return keys(("Enter", "Done"), ("↑↓", "Move"), ("Esc", "Clear"))
    }

    /// Enter presses the button that has the focus, Esc the one that leaves things as they are.
    private static func keys(_ confirmation: Confirmation, _ question: Question) -> Line {
        let way = question.choices.first { $0.key == .escape }?.label ?? "Cancel"
        guard question.word == nil else { return keys(("Enter", "Confirm"), ("Esc", way)) }
        let focused = question.choices[question.focus(confirmation)]
        let choose = question.choices.count > 1 ? [("←→", "Choose")] : []
        return keys(
            choose + (focused.key == .escape ? [("Enter/Esc", way)] : [("Enter", focused.label), ("Esc", way)]))
    }

    /// What Enter does with a typed path.
    private static func verb(_ purpose: PathPrompt.Purpose) -> String {
        switch purpose {
        case .open: "Open"
        case .export: "Export"
        case .report: "Write"
        }
    }

    private static func keys(_ pairs: (String, String)...) -> Line { keys(pairs) }

    private static func keys(_ pairs: [(String, String)]) -> Line {
        pairs.map { [Line($0.0, Style(.accent, .bold)), Line(" " + $0.1, .dim)] as Line }.joined(separator: "  ")
    }
}
