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
            overlays.removeLast()
            switch prompt.purpose {
            case .open: return [.inspectPath(path)]
            case .export(let query): return [.checkExport(query, path: path)]
            }
        case .tab:
            guard let completed = complete(prompt) else { return [] }
            prompt.field.set(completed)
        default:
            let before = prompt.field.text
            guard prompt.field.handle(key) else { return [] }
            if before == prompt.field.text {
                replaceOverlay(.path(prompt))
                return []
            }
        }
        prompt.completions = []
        replaceOverlay(.path(prompt))
        return [.completePath(expand(prompt.field.text))]
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
