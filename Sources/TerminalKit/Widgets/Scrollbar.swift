/// Where one is in a long list, drawn on the right border.
package enum Scrollbar {
    package static func draw(_ canvas: inout Canvas, x: Int, _ rows: Rectangle, count: Int, top: Int) {
        guard count > rows.height, rows.height > 1 else { return }
        let length = max(1, rows.height * rows.height / count)
        let range = count - rows.height
        let start = (rows.height - length) * min(top, range) / max(1, range)
        for offset in start..<min(rows.height, start + length) {
            canvas.set(Glyph(text: "┃", width: 1), x, rows.y + offset, Style(.dim))
        }
    }
}
