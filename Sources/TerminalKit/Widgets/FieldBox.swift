/// A text field: its ground, its text, and the cursor when it has the keys.
package enum FieldBox {
    /// - Parameter hint: shown while the field is empty.
    package static func draw(
        _ canvas: inout Canvas, _ row: Rectangle, _ field: TextField, isFocused: Bool, isMasked: Bool = false,
        hint: String = "", isWrong: Bool = false
    ) {
        guard !row.isEmpty else { return }
        canvas.fill(row, Style(.text, on: .field))
        let inner = Rectangle(x: row.x + 1, y: row.y, width: row.width - 2, height: 1)
        guard !inner.isEmpty else { return }
        if field.isEmpty, !hint.isEmpty { canvas.write(hint, Style(.dim, on: .field), inner) }
        let pieces = field.characters.map { isMasked ? "•" : SafeText.shown(String($0)) }
        let widths = pieces.map { SafeText.width($0) }
        // The cursor stays in sight: what is left of the first shown character is cut.
        var start = 0
        // Without the keys it is read, from its beginning.
        let cursor = isFocused ? field.cursor : 0
        var before = widths.prefix(cursor).reduce(0, +)
        while before > inner.width - 1, start < cursor {
            before -= widths[start]
            start += 1
        }
        var text = ""
        var used = 0
        var end = start
        while end < pieces.count, used + widths[end] <= inner.width {
            text += pieces[end]
            used += widths[end]
            end += 1
        }
        let isSelected = isFocused && field.isSelected
        let ink: Ink = isWrong ? .bad : .text
        let style = isSelected ? Style(.onAccent, on: .accent) : Style(ink, on: .field)
        canvas.write(Line(text, style), inner)
        // What doesn't fit is told by a sign in the margin.
        let cut = Style(.dim, on: .field)
        if start > 0 { canvas.set(Glyph(text: "…", width: 1), row.x, row.y, cut) }
        if end < pieces.count { canvas.set(Glyph(text: "…", width: 1), row.right - 1, row.y, cut) }
        if isFocused { canvas.cursor = Point(x: min(inner.right, inner.x + before), y: row.y) }
    }
}
