/// What color the terminal's background has, asked from the terminal itself.
package enum TerminalBackground {
    /// The question (OSC 11).
    static let question = "\u{1B}]11;?\u{07}"

    /// Whether an answer such as `11;rgb:ffff/ffff/ffff` is about a light background; `nil` when it is no such answer.
    package static func isLight(answer: String) -> Bool? {
        guard answer.hasPrefix("11;rgb") else { return nil }
        // `rgb:` and `rgba:` with one to four digits a part.
        guard let parts = answer.split(separator: ":").last?.split(separator: "/"), parts.count >= 3 else { return nil }
        let values = parts.prefix(3).compactMap { part -> Double? in
            guard (1...4).contains(part.count), let value = Int(part, radix: 16) else { return nil }
            return Double(value) / Double((1 << (4 * part.count)) - 1)
        }
        guard values.count == 3 else { return nil }
        return 0.299 * values[0] + 0.587 * values[1] + 0.114 * values[2] > 0.5
    }
}
