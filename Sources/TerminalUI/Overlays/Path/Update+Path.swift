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
            prompt.problem = nil
            prompt.isBusy = true
            replaceOverlay(.path(prompt))
            return switch prompt.purpose {
            case .open: [.inspectPath(path)]
            case .report(let run): [.writeReport(run, report(of: run), path: path)]
            case .export(let query): [.checkExport(query, path: path)]
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

    /// What was written where a typed path said.
    mutating func takeWritten<Value>(_ answer: DeliveryResult<Value>, _ words: (Value) -> String) -> [Effect] {
        closePrompt(answer)
        if case .success(let value) = answer { toast(.good, words(value)) }
        return []
    }

    /// Closes the prompt whose path was used; a failure keeps the path, and stands beside it.
    mutating func closePrompt<Value>(_ answer: DeliveryResult<Value>) {
        let index = overlays.lastIndex { if case .path(let prompt) = $0 { prompt.isBusy } else { false } }
        switch answer {
        case .success:
            if let index { overlays.remove(at: index) }
        case .failure(let error):
            guard let index, case .path(var prompt) = overlays[index] else { return toast(.bad, error.message) }
            prompt.problem = error.message
            prompt.isBusy = false
            overlays[index] = .path(prompt)
        }
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
