extension Canvas {
    /// The same frame in ASCII, for terminals and locales without Unicode.
    package func asciiForm() -> Canvas {
        var copy = self
        copy.replaceCells { cell in
            // The second half of a wide glyph is a column of its own now.
            if cell.width == 0 { cell = Cell(text: " ", width: 1, style: cell.style) }
            guard let scalar = cell.text.unicodeScalars.first else { return }
            if !scalar.isASCII || cell.text.unicodeScalars.count > 1 {
                cell.text = scalar.isASCII ? String(scalar) : String(Self.ascii(scalar))
                cell.width = 1
            }
        }
        return copy
    }

    private static func ascii(_ scalar: Unicode.Scalar) -> Character {
        switch scalar.value {
        case 0x2500: "-"
        case 0x2502: "|"
        case 0x2503: "#"
        case 0x2501, 0x2550: "="
        case 0x2501...0x257F: "+"
        case 0x2581...0x2588: [".", ".", ":", "-", "=", "+", "*", "#"][Int(scalar.value - 0x2581)]
        case 0x2589: "#"
        case 0x258A...0x258F: ["#", "=", ">", "-", "-", "|"][Int(scalar.value - 0x258A)]
        case 0x2590...0x259F: "#"
        case 0x2800...0x28FF:
            [" ", ".", ".", ":", ":", "|", "|", "#", "#"][(scalar.value - 0x2800).nonzeroBitCount]
        case 0x25A0: "#"
        case 0x21BA, 0x21BB: "@"
        case 0x2018, 0x2019: "'"
        case 0x201C, 0x201D: "\""
        case 0x2026: "~"
        case 0x2013, 0x2014: "-"
        case 0x00B7, 0x2022: "."
        case 0x25CF, 0x25C6: "*"
        case 0x25CB: "o"
        case 0x2713: "+"
        case 0x2717: "x"
        case 0x25B8, 0x2192, 0x203A: ">"
        case 0x2190: "<"
        case 0x25B4, 0x2191, 0x25B2: "^"
        case 0x25BE, 0x2193, 0x25BC: "v"
        case 0x00D7: "x"
        case 0x2265: ">"
        default: "?"
        }
    }
}
