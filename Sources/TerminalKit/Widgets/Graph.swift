/// Values over time in braille: two columns and four rows of dots in a cell. The newest is on the right.
package enum Graph {
    /// Dots of the left and of the right half of a cell, from the foot up.
    private static let left: [UInt32] = [0x40, 0x04, 0x02, 0x01]
    private static let right: [UInt32] = [0x80, 0x20, 0x10, 0x08]

    /// How many values are shown, and in how many columns.
    package static func span(of count: Int, columns: Int) -> (shown: Int, columns: Int) {
        let wide = width(of: count, columns: columns)
        let dots = min(count * wide, columns * 2)
        return (dots / wide, (dots + 1) / 2)
    }

    /// A young series is drawn wider, so that its shape can be seen.
    private static func width(of count: Int, columns: Int) -> Int {
        [4, 2].first { count * $0 <= columns * 2 } ?? 1
    }

    /// - Parameter maximum: the value at the top; the highest that is shown, when `nil`.
    package static func draw(
        _ canvas: inout Canvas, _ area: Rectangle, _ values: [Int], maximum: Int? = nil, inks: [Ink]
    ) {
        guard !area.isEmpty else { return }
        let wide = width(of: values.count, columns: area.width)
        let shown = values.suffix(area.width * 2).flatMap { Array(repeating: $0, count: wide) }
        let top = max(1, maximum ?? shown.max() ?? 1)
        let dots = area.height * 4
        let heights = shown.map { value -> Int in
            guard value > 0 else { return 0 }
            // Anything that is not zero shows.
            return min(dots, max(1, Int((Double(value) / Double(top) * Double(dots)).rounded())))
        }
        let empty = area.width * 2 - heights.count
        func height(_ column: Int) -> Int { column < empty ? 0 : heights[column - empty] }
        for row in 0..<area.height {
            let base = (area.height - 1 - row) * 4
            let ink = inks[min(inks.count - 1, (area.height - 1 - row) * inks.count / area.height)]
            for x in 0..<area.width {
                var bits: UInt32 = 0
                for dot in 0..<4 {
                    if height(2 * x) > base + dot { bits |= left[dot] }
                    if height(2 * x + 1) > base + dot { bits |= right[dot] }
                }
                if bits == 0 {
                    // The foot of an empty graph is a quiet line.
                    guard row == area.height - 1 else { continue }
                    canvas.set(Glyph(text: "⣀", width: 1), area.x + x, area.y + row, .faint)
                } else if let scalar = Unicode.Scalar(0x2800 + bits) {
                    canvas.set(Glyph(text: String(scalar), width: 1), area.x + x, area.y + row, Style(ink))
                }
            }
        }
    }
}
