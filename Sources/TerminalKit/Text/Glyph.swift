/// What stands in one cell, or in two when it is wide: a base character with its combining marks.
package struct Glyph: Hashable, Sendable {
    package var text: String
    /// 1 or 2 columns.
    package var width: Int

    package init(text: String, width: Int) {
        self.text = text
        self.width = width
    }

    package static let space = Glyph(text: " ", width: 1)
}
