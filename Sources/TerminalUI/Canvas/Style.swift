/// What a text means; the theme decides how that looks.
enum Ink: UInt8, CaseIterable, Sendable {
    case text, bright, dim, faint, accent, good, warning, bad, info, mark, onAccent, onBad
    /// A graph from its foot to its peak.
    case heat0, heat1, heat2, heat3, heat4, heat5
    case ember0, ember1, ember2

    static let heat: [Ink] = [.heat0, .heat1, .heat2, .heat3, .heat4, .heat5]
    static let embers: [Ink] = [.ember0, .ember1, .ember2]
}

/// What lies behind a text.
enum Ground: UInt8, CaseIterable, Sendable {
    /// The terminal's own background.
    case base
    case selection, idleSelection, accent, field, track, bad
}

struct Attributes: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let bold = Attributes(rawValue: 1)
    static let dim = Attributes(rawValue: 2)
    static let underline = Attributes(rawValue: 4)
    static let reverse = Attributes(rawValue: 8)
    static let italic = Attributes(rawValue: 16)
}

struct Style: Hashable, Sendable {
    var ink: Ink
    var ground: Ground
    var attributes: Attributes

    init(_ ink: Ink = .text, on ground: Ground = .base, _ attributes: Attributes = []) {
        self.ink = ink
        self.ground = ground
        self.attributes = attributes
    }

    static let text = Style(.text)
    static let dim = Style(.dim)
    static let faint = Style(.faint)
    static let accent = Style(.accent)
    static let title = Style(.bright, .bold)

    init(_ ink: Ink, _ attributes: Attributes) { self.init(ink, on: .base, attributes) }

    func on(_ ground: Ground) -> Style { Style(ink, on: ground, attributes) }
}
