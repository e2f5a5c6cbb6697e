import DeliveryModel
import TerminalKit

extension Model {
    mutating func press(_ key: Key, _ prompt: PathPrompt) -> [Effect] {
        var prompt = prompt
        switch key {
        case .escape:
            overlays.removeLast()
            return []
        case .enter:
            let path = expand(prompt.field.text)
            guard !path.isEmpty else { return [] }
            switch prompt.purpose {
            case .open:
                overlays.removeLast()
                return [.inspectPath(path)]
            case .report(let run):
                prompt.problem = nil
                prompt.isWriting = true
                replaceOverlay(.path(prompt))
                return [.writeReport(run, report(of: run), path: path)]
            case .export(let query):
                // It stays until the file is written: a typed path is never lost to an error.
                prompt.problem = nil
                prompt.isWriting = true
                replaceOverlay(.path(prompt))
                return [.checkExport(query, path: path)]
            }
        case .tab:
            guard let completed = complete(prompt) else { return [] }
            prompt.field.set(completed)
        default:
            let before = prompt.field.text
            if before == prompt.filledIn, key == .character("/") || key == .character("~") { prompt.field.selectAll() }
            prompt.filledIn = nil
            guard prompt.field.handle(key) else { return [] }
            if before == prompt.field.text {
                replaceOverlay(.path(prompt))
                return []
            }
        }
        prompt.completions = []
        prompt.problem = nil
        replaceOverlay(.path(prompt))
        return [.completePath(expand(prompt.field.text))]
    }

    /// A run as Markdown.
    private func report(of id: RunID) -> String {
        guard let run = allRuns.first(where: { $0.id == id }) else { return "" }
        return RunReport.markdown(run, engine.run(id).map(withRecovered), time: time, now: now)
    }

    mutating func takeReport(_ answer: DeliveryResult<String>) -> [Effect] {
        takeWritten(answer) { "Report written to \($0)" }
    }

    /// What was written where a typed path said; a failure keeps the path.
    mutating func takeWritten<Value>(_ answer: DeliveryResult<Value>, _ words: (Value) -> String) -> [Effect] {
        let index = overlays.lastIndex { if case .path(let prompt) = $0 { prompt.isWriting } else { false } }
        switch answer {
        case .success(let value):
            if let index { overlays.remove(at: index) }
            toast(.good, words(value))
        case .failure(let error):
            guard let index, case .path(var prompt) = overlays[index] else {
                toast(.bad, error.message)
                break
            }
            prompt.problem = error.message
            prompt.isWriting = false
            overlays[index] = .path(prompt)
        }
        return []
    }

    /// `~` is the home folder, and what doesn't begin with `/` is below the shown folder.
    func expand(_ text: String) -> String {
        if text == "~" { return setup.home + "/" }
        if text.hasPrefix("~/") { return setup.home + text.dropFirst() }
        if text.isEmpty || text.hasPrefix("/") { return text }
        return send.browser.path(of: text)
    }

    mutating func takeCompletions(_ text: String, _ names: [String]) -> [Effect] {
        guard case .path(var prompt) = overlays.last, expand(prompt.field.text) == text else { return [] }
        prompt.completions = names
        replaceOverlay(.path(prompt))
        return []
    }

    /// The text with as much added as all completions have in common.
    private func complete(_ prompt: PathPrompt) -> String? {
        guard var common = prompt.completions.first else { return nil }
        for name in prompt.completions.dropFirst() {
            common = String(zip(common, name).prefix { $0 == $1 }.map(\.0))
        }
        let text = expand(prompt.field.text)
        let folder = text.lastIndex(of: "/").map { String(text[...$0]) } ?? ""
        let completed = folder + common
        return completed.count > text.count ? completed : nil
    }
}
