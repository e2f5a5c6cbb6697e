/// What a text means; the theme decides how that looks.
package enum Ink: UInt8, CaseIterable, Sendable {
    case text, bright, dim, faint, accent, good, warning, bad, info, mark, onAccent, onBad
    /// A graph from its foot to its peak.
    case heat0, heat1, heat2, heat3, heat4, heat5
    case ember0, ember1, ember2

    package static let heat: [Ink] = [.heat0, .heat1, .heat2, .heat3, .heat4, .heat5]
    package static let embers: [Ink] = [.ember0, .ember1, .ember2]
}

/// What lies behind a text.
package enum Ground: UInt8, CaseIterable, Sendable {
    /// The terminal's own background.
    case base
    case selection, idleSelection, accent, field, track, bad
}

package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let underline = Attributes(rawValue: 4)
    package static let reverse = Attributes(rawValue: 8)
}

package struct Style: Hashable, Sendable {
    package var ink: Ink
    package var ground: Ground
    package var attributes: Attributes

    package init(_ ink: Ink = .text, on ground: Ground = .base, _ attributes: Attributes = []) {
        self.ink = ink
        self.ground = ground
        self.attributes = attributes
    }

    package static let text = Style(.text)
    package static let dim = Style(.dim)
    package static let faint = Style(.faint)
    package static let accent = Style(.accent)
    package static let title = Style(.bright, .bold)

    package init(_ ink: Ink, _ attributes: Attributes) { self.init(ink, on: .base, attributes) }

    package func on(_ ground: Ground) -> Style { Style(ink, on: ground, attributes) }
}
