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
        case .confirmation(let question): press(key, question)
        case .edit(let edit): press(key, edit)
        case .path(let prompt): press(key, prompt)
        }
    }

    mutating func replaceOverlay(_ overlay: Overlay) {
        guard !overlays.isEmpty else { return }
        overlays[overlays.count - 1] = overlay
    }

    mutating func clickOverlay(_ row: Int) -> [Effect] {
        switch overlays.last {
        case .confirmation(let question) where question.choices.indices.contains(row):
            overlays.removeLast()
            return carryOut(question.choices[row].command)
        case .palette(var palette):
            palette.cursor.row = row
            return press(.enter, palette)
        case .settings(var settings):
            guard let chosen = SettingsModel.Row(rawValue: row) else { return [] }
            if setup.hasSandbox, [.address, .key, .keep].contains(chosen) { return [] }
            settings.row = chosen
            replaceOverlay(.settings(settings))
            let isText = chosen == .address || chosen == .key
            return isText ? [] : press(.enter, settings)
        case .sandbox(var sandbox):
            guard let chosen = SandboxModel.Row(rawValue: row) else { return [] }
            sandbox.row = chosen
            replaceOverlay(.sandbox(sandbox))
            return press(.character(" "), sandbox)
        case .edit(var edit):
            guard let chosen = EditModel.Row(rawValue: row) else { return [] }
            edit.row = chosen
            replaceOverlay(.edit(edit))
            return []
        default: return []
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

    private mutating func press(_ key: Key, _ question: Confirmation) -> [Effect] {
        var question = question
        if let choice = question.choices.first(where: { $0.key == key }) {
            overlays.removeLast()
            return carryOut(choice.command)
        }
        let count = question.choices.count
        switch key {
        case .left, .up, .backTab, .character("h"): question.focus = (question.focus + count - 1) % count
        case .right, .down, .tab, .character("l"): question.focus = (question.focus + 1) % count
        case .enter, .character(" "):
            overlays.removeLast()
            return carryOut(question.choices[question.focus].command)
        case .character("q"):
            // It always leads out, of the question about leaving to staying.
            overlays.removeLast()
            return question.choices.contains { $0.command == .quit(.now) } ? [] : quit()
        default: return []
        }
        replaceOverlay(.confirmation(question))
        return []
    }

    private mutating func carryOut(_ command: Confirmation.Command) -> [Effect] {
        switch command {
        case .cancel: return []
        case .start(let request):
            var effects: [Effect] = []
            if let concurrency = send.concurrency { effects.append(.setConcurrency(concurrency)) }
            if let rate = send.rate { effects.append(.setRate(rate)) }
            return effects + [.start(request)]
        case .stop(let run, let mode): return [.stop(run, mode)]
        case .retry(let marks, let query): return [.retry(marks, query)]
        case .retryRun(let query): return [.retry(.all(except: []), query)]
        case .resume(let runs):
            run.selected = runs.first
            let effects = screen == .run ? [] : go(to: .run)
            return effects + runs.map { .resume($0) }
        case .declineResume(let runs):
            preferences.declinedRuns = Array((runs + preferences.declinedRuns).prefix(50))
            toast(.info, "They stay in History: c goes on with one")
            return [.savePreferences(preferences)]
        case .export(let query, let path): return [.export(query, path: path)]
        case .quit(let mode): return [.exit(mode)]
        }
    }
}
