/// The themes by the names that options and settings take.
public enum ThemeName: String, CaseIterable, Codable, Hashable, Sendable {
    /// As the terminal's background asks for.
    case auto
    case dark, light, mono

    package var next: ThemeName {
        switch self {
        case .auto: .dark
        case .dark: .light
        case .light: .mono
        case .mono: .auto
        }
    }

    package var palette: Palette {
        switch self {
        case .auto, .dark, .mono: .dark
        case .light: .light
        }
    }
}

extension Palette {
    package static let dark = Palette(
        inks: [
            Look(color: .own),  // text
            Look(color: .own, attributes: .bold),  // bright
            Look(color: Color(0x8B93A7, 245, 7)),  // dim
            Look(color: Color(0x4B5263, 239, 7)),  // faint
            Look(color: Color(0x5EC4FF, 75, 6)),  // accent
            Look(color: Color(0x7FD88F, 114, 2)),  // good
            Look(color: Color(0xF2C14E, 221, 3)),  // warning
            Look(color: Color(0xFF6B6B, 203, 1)),  // bad
            Look(color: Color(0xA5B4FC, 147, 4)),  // info
            Look(color: Color(0xE58BE8, 176, 5)),  // mark
            Look(color: Color(0x0B1A24, 16, 0)),  // onAccent
            Look(color: Color(0xFFFFFF, 231, 7)),  // onBad
            Look(color: Color(0x2E6C8E, 24, 4)), Look(color: Color(0x3585AE, 31, 4)),
            Look(color: Color(0x3D9FCF, 38, 6)), Look(color: Color(0x46B5E6, 74, 6)),
            Look(color: Color(0x6CCBFF, 81, 6)), Look(color: Color(0xA8E1FF, 153, 7)),
            Look(color: Color(0xA84448, 131, 1)), Look(color: Color(0xE0585C, 167, 1)),
            Look(color: Color(0xFF8A80, 210, 1)),
        ],
        onGround: Look(color: Color(0xF2F4F8, 255, 7)),
        grounds: [
            Look(color: .own),  // base
            Look(color: Color(0x24384A, 237, 4)),  // selection
            Look(color: Color(0x22262E, 235, 0)),  // idleSelection
            Look(color: Color(0x5EC4FF, 75, 6)),  // accent
            Look(color: Color(0x2A2F3A, 236, 0)),  // field
            Look(color: Color(0x2A2F3A, 236, 0)),  // track
            Look(color: Color(0xB3343A, 160, 1)),  // bad
        ])

    package static let light = Palette(
        inks: [
            Look(color: .own),
            Look(color: .own, attributes: .bold),
            Look(color: Color(0x5B6475, 241, 0)),
            Look(color: Color(0xB4BAC6, 250, 0)),
            Look(color: Color(0x0B6BB8, 25, 4)),
            Look(color: Color(0x1B7F3B, 28, 2)),
            Look(color: Color(0x9A6200, 94, 3)),
            Look(color: Color(0xC0262D, 160, 1)),
            Look(color: Color(0x4A48C4, 61, 4)),
            Look(color: Color(0x9B2FA6, 90, 5)),
            Look(color: Color(0xFFFFFF, 231, 7)),
            Look(color: Color(0xFFFFFF, 231, 7)),
            Look(color: Color(0xA9D3F0, 153, 6)), Look(color: Color(0x7FBCE6, 110, 6)),
            Look(color: Color(0x559FD6, 74, 6)), Look(color: Color(0x3186C6, 32, 4)),
            Look(color: Color(0x0B6BB8, 25, 4)), Look(color: Color(0x084E87, 24, 4)),
            Look(color: Color(0xE49A9D, 174, 1)), Look(color: Color(0xD4575C, 167, 1)),
            Look(color: Color(0xB0161D, 124, 1)),
        ],
        onGround: Look(color: Color(0x0F172A, 16, 0)),
        grounds: [
            Look(color: .own),
            Look(color: Color(0xD3E7F7, 153, 6)),
            Look(color: Color(0xE9ECF1, 254, 7)),
            Look(color: Color(0x0B6BB8, 25, 4)),
            Look(color: Color(0xE3E7EE, 254, 7)),
            Look(color: Color(0xE3E7EE, 254, 7)),
            Look(color: Color(0xC0262D, 160, 1)),
        ])
}
