/// The actions of the palette, best match first.
enum PaletteEntries {
    struct Entry {
        var binding: Binding
        var obstacle: String?
    }

    static func matching(_ text: String, in model: Model) -> [Entry] {
        let movement: Set<Action> = [.up, .down, .left, .right, .pageUp, .pageDown, .top, .bottom, .back, .palette]
        var seen: Set<Action> = []
        // The screen's own actions stand first.
        let ordered =
            Bindings.all.filter { $0.screens.contains(model.screen) }
            + Bindings.all.filter { !$0.screens.contains(model.screen) }
        let bindings = ordered.filter { binding in
            model.offers(binding) && !movement.contains(binding.action) && seen.insert(binding.action).inserted
        }
        let words = text.lowercased()
        let ranked = bindings.enumerated().compactMap { index, binding -> (Int, Int, Binding)? in
            guard let score = score(words, binding) else { return nil }
            return (score, index, binding)
        }
        return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { _, _, binding in
            // Of another screen's action one can't say here whether it could be done there.
            let isHere = binding.applies(to: model.screen)
            return Entry(binding: binding, obstacle: isHere ? model.obstacle(to: binding.action) : nil)
        }
    }

    /// How badly an action matches what is typed; `nil` when it doesn't.
    private static func score(_ words: String, _ binding: Binding) -> Int? {
        if words.isEmpty { return 0 }
        let label = binding.label.lowercased()
        if label.hasPrefix(words) { return 0 }
        if label.contains(words) { return 1 }
        if binding.keywords.split(separator: " ").contains(where: { $0.hasPrefix(words) }) { return 2 }
        let places = binding.screens.map(\.title).joined(separator: " ")
        let all = "\(label) \(binding.keywords) \(places) \(binding.help)".lowercased()
        let parts = words.split(separator: " ")
        // Of several words, the first one names the action.
        if parts.count > 1, parts.allSatisfy({ all.contains($0) }) {
            return label.hasPrefix(parts[0]) ? 3 : parts.contains { label.contains($0) } ? 10 : 50
        }
        if let gaps = gaps(words, label) { return 4 + gaps }
        return all.contains(words) ? 100 : nil
    }

    /// Characters passed over while the letters are found one after the other.
    private static func gaps(_ letters: String, _ text: String) -> Int? {
        var rest = text[...]
        var passed = 0
        for letter in letters {
            guard let place = rest.firstIndex(of: letter) else { return nil }
            passed += rest.distance(from: rest.startIndex, to: place)
            rest = rest[rest.index(after: place)...]
        }
        return passed
    }
}
