import Foundation

/// Text from outside as cells that can be trusted: nothing in it moves the cursor, turns the writing direction, hides or
/// takes other columns than it says.
///
/// Every text that reaches a canvas passes here, the program's own too, so that none can be forgotten.
package enum SafeText {
    /// More marks than any language needs on one letter are a storm.
    private static let maximumMarks = 2

    /// - Parameter columns: glyphs beyond so many columns are not looked at, so that a field of megabytes costs no more
    ///   than what is shown of it.
    package static func glyphs(_ text: some StringProtocol, columns: Int = 4096) -> [Glyph] {
        var glyphs: [Glyph] = []
        let text = composed(text, limit: columns * 8 + 64)
        var used = 0
        var marks = 0
        var canTakeMark = false
        // A storm of marks takes no columns, so it is bounded by its own length.
        var looked = 0
        for scalar in text {
            looked += 1
            if used >= columns && !isMark(scalar) || looked > columns * 8 + 64 { break }
            if isMark(scalar) {
                if canTakeMark, marks < maximumMarks, let last = glyphs.indices.last {
                    glyphs[last].text.unicodeScalars.append(scalar)
                } else if !canTakeMark, used < columns {
                    glyphs.append(Glyph(text: "\u{25CC}" + String(scalar), width: 1))
                    used += 1
                    canTakeMark = true
                    marks = 0
                }
                marks += 1
                continue
            }
            marks = 0
            if let shown = standIn(for: scalar) {
                canTakeMark = false
                for character in shown.unicodeScalars where used < columns {
                    glyphs.append(Glyph(text: String(character), width: 1))
                    used += 1
                }
            } else {
                let width = WideScalars.contains(scalar) ? 2 : 1
                guard used + width <= columns else { break }
                glyphs.append(Glyph(text: String(scalar), width: width))
                used += width
                canTakeMark = true
            }
        }
        return glyphs
    }

    /// Letters and marks that are written apart, put together where a sign for both exists: terminals draw that one, and
    /// the parts of a Hangul syllable not at all.
    private static func composed(_ text: some StringProtocol, limit: Int) -> String.UnicodeScalarView {
        let scalars = String.UnicodeScalarView(text.unicodeScalars.prefix(limit))
        guard scalars.contains(where: { $0.value >= 0x300 }) else { return scalars }
        return String(scalars).precomposedStringWithCanonicalMapping.unicodeScalars
    }

    /// The text as it is shown, for places that take a string (titles of the clipboard, golden files).
    package static func shown(_ text: some StringProtocol, columns: Int = 4096) -> String {
        glyphs(text, columns: columns).reduce(into: "") { $0 += $1.text }
    }

    package static func width(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return glyphs(text).reduce(0) { $0 + $1.width }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return !scalar.properties.isDefaultIgnorableCodePoint
        default: return false
        }
    }

    /// What is shown instead of a scalar that can't be shown as it is; `nil` when it can.
    private static func standIn(for scalar: Unicode.Scalar) -> String? {
        let value = scalar.value
        if value >= 0x20 && value < 0x7F { return nil }
        // As a keyboard names them, which every font can show: Ctrl-[ is ESC.
        if value < 0x20 || value == 0x7F { return Unicode.Scalar(value ^ 0x40).map { "^" + String($0) } }
        if value < 0xA0 || value == 0xAD { return marker(value) }
        if value < 0x300 { return nil }
        // Flags and skin tones join with their neighbours in some terminals and not in others.
        if (0x1F1E6...0x1F1FF).contains(value) { return Unicode.Scalar(0x41 + value - 0x1F1E6).map { String($0) } }
        if (0x1F3FB...0x1F3FF).contains(value) { return marker(value) }
        // Hangul vowels and final consonants take columns in some terminals only.
        if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return marker(value) }
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint { return marker(value) }
        switch properties.generalCategory {
        case .format, .control, .lineSeparator, .paragraphSeparator: return marker(value)
        case .privateUse, .unassigned, .surrogate: return "\u{FFFD}"
        default: return nil
        }
    }

    private static func marker(_ value: UInt32) -> String {
        "<" + String(value, radix: 16, uppercase: true) + ">"
    }
}
