import TerminalKit

/// The field on top, the actions below.
struct PaletteLayout {
    /// Rows that are seen at once.
    var page: Int

    init(_ size: Size) { page = max(1, min(14, size.height - 8)) }
}
