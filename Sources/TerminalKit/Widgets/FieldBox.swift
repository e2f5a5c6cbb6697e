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
        let ink: Ink = isWrong ? .bad : .text
        let pieces = field.characters.map { isMasked ? "•" : SafeText.shown(String($0)) }
        let widths = pieces.map { SafeText.width($0) }
        // The cursor stays in sight: what is left of the first shown character is cut.
        var start = 0
        var before = widths.prefix(field.cursor).reduce(0, +)
        while before > inner.width - 1, start < field.cursor {
            before -= widths[start]
            start += 1
        }
        var text = ""
        var used = 0
        for index in pieces.indices.dropFirst(start) {
            guard used + widths[index] <= inner.width else { break }
            text += pieces[index]
            used += widths[index]
        }
        canvas.write(Line(text, Style(ink, on: .field)), inner)
        if isFocused { canvas.cursor = Point(x: min(inner.right, inner.x + before), y: row.y) }
    }
}
