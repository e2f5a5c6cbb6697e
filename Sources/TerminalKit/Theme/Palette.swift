/// A color in the forms that terminals take.
package struct Color: Hashable, Sendable {
    /// 0xRRGGBB.
    package var rgb: Int
    /// Of xterm's 256; -1 is the terminal's own.
    package var indexed: Int
    /// Of the eight.
    package var basic: Int

    package init(_ rgb: Int, _ indexed: Int, _ basic: Int) {
        self.rgb = rgb
        self.indexed = indexed
        self.basic = basic
    }

    /// The terminal's own foreground or background.
    package static let own = Color(-1, -1, -1)
}

package enum ColorDepth: Hashable, Sendable {
    case none, basic, indexed, direct
}

/// What the inks and grounds look like.
package struct Palette: Sendable {
    package struct Look: Hashable, Sendable {
        package var color: Color
        package var attributes: Attributes = []
    }

    package var inks: [Look]
    /// What the terminal's own foreground becomes on a ground of ours.
    package var onGround: Look
    package var grounds: [Look]

    /// The colors and attributes of a style.
    package func resolve(_ style: Style, depth: ColorDepth) -> (
        foreground: Int, background: Int, attributes: Attributes
    ) {
        // The terminal's own foreground is readable on its own background only.
        let isOwn = style.ink == .text || style.ink == .bright
        let ink = isOwn && style.ground != .base ? onGround : inks[Int(style.ink.rawValue)]
        let ground = grounds[Int(style.ground.rawValue)]
        var attributes = style.attributes.union(ink.attributes)
        switch depth {
        case .none:
            // Without colors the ground is shown by reversing.
            attributes.formUnion(Self.monochrome(style))
            if attributes.contains(.reverse) { attributes.remove(.dim) }
            return (-1, -1, attributes)
        case .basic:
            // Grays don't exist here: a dim ink is the attribute, and a cursor's row is reversed.
            if style.ground == .selection || style.ground == .idleSelection || style.ground == .field {
                attributes.formUnion(style.ground == .field ? .underline : .reverse)
                attributes.remove(.dim)
                return (-1, -1, attributes)
            }
            if style.ink == .dim || style.ink == .faint { attributes.insert(.dim) }
            // Bold black is gray on many of these terminals.
            if style.ink == .onAccent { attributes.remove(.bold) }
            return (ink.color.basic, ground.color.basic, attributes)
        case .indexed: return (ink.color.indexed, ground.color.indexed, attributes)
        case .direct: return (ink.color.rgb, ground.color.rgb, attributes)
        }
    }

    private static func monochrome(_ style: Style) -> Attributes {
        var attributes: Attributes = []
        switch style.ground {
        case .selection, .accent, .bad: attributes.insert(.reverse)
        case .idleSelection, .field: attributes.insert(.underline)
        case .base, .track: break
        }
        switch style.ink {
        case .dim, .faint, .heat0, .ember0: attributes.insert(.dim)
        case .accent, .bright, .bad, .mark, .warning: attributes.insert(.bold)
        default: break
        }
        return attributes
    }
}
