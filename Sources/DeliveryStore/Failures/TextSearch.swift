import Foundation

/// What a text is compared with when failures are searched for it.
public struct TextSearch: Sendable {
    /// The columns that are searched.
    public static let columns = ["name", "age", "cookie", "banner_id", "message", "raw", "kind", "reason", "status"]

    /// Patterns of `LIKE`, with `\` as the escape character, any of which may match.
    public let patterns: [String]

    public init(_ text: String) {
        // Databases know the case of ASCII letters only; the rest is asked for in the usual forms.
        let forms = Set([text, text.lowercased(), text.uppercased(), text.capitalized])
        let wanted = text.utf8.allSatisfy { $0 < 0x80 } ? [text] : forms.sorted()
        patterns = wanted.map { "%\(Self.escaped($0))%" }
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\%_".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
