/// How far something is, in eighths of a column.
package enum ProgressBar {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    package static func draw(_ canvas: inout Canvas, _ row: Rectangle, share: Double, ink: Ink = .accent) {
        guard !row.isEmpty else { return }
        canvas.fill(row, Style(.faint, on: .track))
        let bounded = share.isFinite ? min(1, max(0, share)) : 0
        // What has begun shows; what isn't done never looks done.
        var filled = Int(bounded * Double(row.width * 8))
        if bounded > 0, filled == 0 { filled = 1 }
        if bounded < 1, filled == row.width * 8 { filled -= 1 }
        let style = Style(ink, on: .track)
        for x in 0..<filled / 8 { canvas.set(Glyph(text: "█", width: 1), row.x + x, row.y, style) }
        if filled % 8 > 0 { canvas.set(Glyph(text: eighths[filled % 8], width: 1), row.x + filled / 8, row.y, style) }
    }
}
