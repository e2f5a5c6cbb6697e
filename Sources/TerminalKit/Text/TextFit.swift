/// Text cut to columns.
package enum TextFit {
    /// Cuts at the end, with an ellipsis in the last column.
    package static func end(_ text: some StringProtocol, _ columns: Int) -> String {
        guard columns > 0 else { return "" }
        let glyphs = SafeText.glyphs(text, columns: columns + 1)
        guard width(glyphs) > columns else { return joined(glyphs) }
        return joined(prefix(glyphs, columns - 1)) + "…"
    }

    /// Cuts in the middle, where identifiers and paths say least.
    package static func middle(_ text: some StringProtocol, _ columns: Int) -> String {
        guard columns > 0 else { return "" }
        let glyphs = SafeText.glyphs(text)
        guard width(glyphs) > columns else { return joined(glyphs) }
        let tail = (columns - 1) / 2
        var back: [Glyph] = []
        var used = 0
        for glyph in glyphs.reversed() {
            guard used + glyph.width <= tail else { break }
            back.append(glyph)
            used += glyph.width
        }
        return joined(prefix(glyphs, columns - 1 - used)) + "…" + joined(back.reversed())
    }

    /// Cuts the beginning: of a path, the end says most.
    package static func start(_ text: some StringProtocol, _ columns: Int) -> String {
        guard columns > 0 else { return "" }
        let glyphs = SafeText.glyphs(text)
        guard width(glyphs) > columns else { return joined(glyphs) }
        var back: [Glyph] = []
        var used = 0
        for glyph in glyphs.reversed() {
            guard used + glyph.width <= columns - 1 else { break }
            back.append(glyph)
            used += glyph.width
        }
        return "…" + joined(back.reversed())
    }

    /// The words of a text in lines of so many columns; words that don't fit are broken.
    package static func wrap(_ text: some StringProtocol, _ columns: Int, maximumLines: Int = 200) -> [String] {
        guard columns > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in SafeText.shown(text, columns: columns * maximumLines).split(separator: " ") {
            var rest = SafeText.glyphs(word)
            if used > 0, used + 1 + width(rest) > columns {
                lines.append(line)
                line = ""
                used = 0
            }
            if used > 0 {
                line += " "
                used += 1
            }
            while width(rest) > columns - used {
                var piece = prefix(rest, columns - used)
                // One column can't hold a wide glyph.
                if piece.isEmpty, used == 0 { piece = [Glyph(text: "?", width: 1)] }
                lines.append(line + joined(piece))
                line = ""
                used = 0
                rest.removeFirst(piece.count)
            }
            line += joined(rest)
            used += width(rest)
        }
        if used > 0 { lines.append(line) }
        return Array(lines.prefix(maximumLines))
    }

    private static func prefix(_ glyphs: [Glyph], _ columns: Int) -> [Glyph] {
        var used = 0
        return Array(
            glyphs.prefix { glyph in
                used += glyph.width
                return used <= columns
            })
    }

    private static func width(_ glyphs: [Glyph]) -> Int { glyphs.reduce(0) { $0 + $1.width } }
    private static func joined(_ glyphs: some Sequence<Glyph>) -> String { glyphs.reduce(into: "") { $0 += $1.text } }
}

extension String {
    /// Filled with spaces to so many columns.
    package func padding(_ columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - SafeText.width(self)))
    }
}
