/// What stands in one cell, or in two when it is wide: a base character with its combining marks.
struct Glyph: Hashable, Sendable {
    var text: String
    /// 1 or 2 columns.
    var width: Int

    static let space = Glyph(text: " ", width: 1)
}
