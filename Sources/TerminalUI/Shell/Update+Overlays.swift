import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func press(_ key: Key, in overlay: Overlay) -> [Effect] {
        switch overlay {
        case .help(let help): press(key, help)
        case .palette(let palette): press(key, palette)
        case .settings(let settings): press(key, settings)
        case .sandbox(let sandbox): press(key, sandbox)
        case .confirmation(let confirmation): press(key, confirmation)
        case .edit(let edit): press(key, edit)
        case .path(let prompt): press(key, prompt)
        case .fix(let fix): press(key, fix)
        case .inspector(let inspector): press(key, inspector)
        case .mapping(let mapping): press(key, mapping)
        case .encoding(let encoding): press(key, encoding)
        case .profiles(let profiles): press(key, profiles)
        case .erasure(let erasure): press(key, erasure)
        case .audit(let audit): press(key, audit)
        }
    }

    mutating func replaceOverlay(_ overlay: Overlay) {
        guard !overlays.isEmpty else { return }
        overlays[overlays.count - 1] = overlay
    }

    /// A list that an overlay shows keeps its cursor in sight: Enter acts on it.
    func resized(_ overlay: Overlay) -> Overlay {
        switch overlay {
        case .palette(var palette):
            let count = PaletteEntries.matching(palette.field.text, in: self).count
            palette.cursor.keepVisible(count: count, page: PaletteLayout(size).page)
            return .palette(palette)
        case .encoding(var encoding):
            encoding.cursor.keepVisible(count: encoding.choices.count, page: EncodingLayout(size).page)
            return .encoding(encoding)
        case .profiles(var profiles):
            let count = profiles.names.count
            profiles.cursor.keepVisible(count: count, page: ProfilesLayout(size, count: count).page)
            return .profiles(profiles)
        case .mapping(var mapping):
            let count = mapping.source.columns.count
            mapping.cursor.keepVisible(count: count, page: MappingLayout(size, columns: count).page)
            return .mapping(mapping)
        case .audit(var audit):
            audit.cursor.keepVisible(count: audit.entries.count, page: AuditLayout(size).page)
            return .audit(audit)
        case .inspector(var inspector):
            inspector.cursor.keepVisible(count: inspector.traces.count, page: InspectorLayout(size).page)
            return .inspector(inspector)
        case .help, .settings, .sandbox, .confirmation, .edit, .path, .fix, .erasure: return overlay
        }
    }

    mutating func clickOverlay(_ row: Int) -> [Effect] {
        switch overlays.last {
        case .confirmation(let confirmation):
            let question = question(confirmation.subject)
            let choices = question.choices
            // A word that is asked for can't be clicked away.
            guard choices.indices.contains(row), row > 0 || question.word == nil else { return [] }
            overlays.removeLast()
            return carryOut(choices[row].command)
        case .fix(let fix): return click(row, fix)
        case .inspector(let inspector): return click(row, inspector)
        case .mapping(let mapping): return click(row, mapping)
        case .encoding(let encoding): return click(row, encoding)
        case .profiles(let profiles): return click(row, profiles)
        case .audit(let audit): return click(row, audit)
        case .palette(var palette):
            palette.cursor.row = row
            return press(.enter, palette)
        case .settings(var settings):
            guard let chosen = SettingsModel.Row(rawValue: row), settingsRows.contains(chosen) else { return [] }
            settings.focus(chosen)
            replaceOverlay(.settings(settings))
            let isText = chosen == .address || chosen == .key
            // Enter would save; a click changes the row that it is on.
            return isText ? [] : press(.character(" "), settings)
        case .sandbox(var sandbox):
            guard let chosen = SandboxModel.Row(rawValue: row) else { return [] }
            sandbox.row = chosen
            replaceOverlay(.sandbox(sandbox))
            return press(.character(" "), sandbox)
        case .edit(var edit):
            guard let chosen = EditModel.Row(rawValue: row) else { return [] }
            edit.focus(chosen)
            replaceOverlay(.edit(edit))
            return []
        case .help, .path, .erasure, nil: return []
        }
    }

    private mutating func press(_ key: Key, _ help: HelpModel) -> [Effect] {
        var help = help
        let count = HelpLayout.rows(self).count
        let page = HelpLayout(size).page
        var cursor = ListCursor(row: help.top, top: help.top)
        switch key {
        case .escape, .enter, .character("?"), .character("q"), .function(1):
            overlays.removeLast()
            return []
        default:
            guard let binding = Bindings.binding(for: key, on: screen) else { return [] }
            _ = cursor.move(binding.action, count: count, page: page)
        }
        help.top = max(0, min(cursor.row, count - page))
        replaceOverlay(.help(help))
        return []
    }

    private mutating func press(_ key: Key, _ palette: PaletteModel) -> [Effect] {
        var palette = palette
        let entries = PaletteEntries.matching(palette.field.text, in: self)
        let page = PaletteLayout(size).page
        switch key {
        case .escape:
            overlays.removeLast()
            return []
        case .enter:
            overlays.removeLast()
            guard entries.indices.contains(palette.cursor.row) else { return [] }
            let binding = entries[palette.cursor.row].binding
            // An action of another screen takes the operator there.
            var effects: [Effect] = []
            if !binding.applies(to: screen), let home = binding.screens.min(by: { $0.rawValue < $1.rawValue }) {
                effects = go(to: home)
                if binding.action.isAboutRow, let key = binding.keys.first {
                    toast(.info, "Select a row, then press \(key.name)")
                    return effects
                }
            }
            return effects + perform(binding.action)
        case .up, .control("p"): palette.cursor.move(by: -1, count: entries.count, page: page)
        case .down, .control("n"): palette.cursor.move(by: 1, count: entries.count, page: page)
        case .pageUp: palette.cursor.move(by: -page, count: entries.count, page: page)
        case .pageDown: palette.cursor.move(by: page, count: entries.count, page: page)
        default: if palette.field.handle(key) { palette.cursor = ListCursor() }
        }
        replaceOverlay(.palette(palette))
        return []
    }
}
