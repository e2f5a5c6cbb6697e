/// The columns that a header is searched for.
public enum KnownColumn: String, CaseIterable, Codable, Sendable {
    case name
    case age
    case cookie
    case bannerID = "banner_id"

    /// Recognizes a column's name in any case; white space, invisible characters, quotes, `_` and `-` don't count.
    public init?(title: String) {
        guard let column = Self.byTitle[Self.normalized(title)] else { return nil }
        self = column
    }

    private static let byTitle: [String: KnownColumn] = [
        "name": .name, "age": .age, "cookie": .cookie, "bannerid": .bannerID,
    ]

    /// A title without all that doesn't count when titles are compared.
    static func normalized(_ title: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in title.unicodeScalars where isSignificant(scalar) { text.append(scalar) }
        return String(text).lowercased()
    }

    /// Whether a title that is none of the names may mean the column, so that it can be suggested.
    ///
    /// An `id` alone is as often the record's own, and `age` stands in many words.
    func isLike(_ title: String) -> Bool {
        let words = Self.words(title).filter { !$0.isEmpty && Int($0) == nil }
        let meant: (String) -> Bool =
            switch self {
            case .name: { $0.hasSuffix("name") && $0 != "filename" }
            case .age: { $0 == "age" }
            case .cookie: { $0.hasSuffix("cookie") || $0 == "cookieid" }
            case .bannerID: { $0.hasSuffix("banner") || $0 == "bannerid" }
            }
        return words.contains(where: meant) && words.allSatisfy { meant($0) || Self.qualifiers.contains($0) }
    }

    /// Words that say nothing else of a column than what it is already; `cookie_consent` is no cookie.
    private static let qualifiers: Set<String> = [
        "customer", "client", "user", "visitor", "person", "contact", "full", "first", "last", "the", "of", "in", "id",
        "no", "nr", "num", "number", "value", "code", "key", "year", "years", "wanted", "new",
    ]

    /// The words of a title in lower case: `customerAge` and `customer_age` have two.
    private static func words(_ title: String) -> [String] {
        var words = [""]
        var wasLower = false
        for character in title {
            guard character.isLetter || character.isNumber else {
                words.append("")
                wasLower = false
                continue
            }
            if character.isUppercase, wasLower { words.append("") }
            wasLower = character.isLowercase
            words[words.count - 1] += character.lowercased()
        }
        return words
    }

    private static func isSignificant(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": return true
        case "_", "-", " ", "\"", "'", "“", "”", "„", "‘", "’", "‚", "«", "»", "`": return false
        default:
            let properties = scalar.properties
            return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
                && properties.generalCategory != .control && properties.generalCategory != .format
        }
    }
}

extension CSVDialect.Columns {
    subscript(column: KnownColumn) -> Int {
        get {
            switch column {
            case .name: name
            case .age: age
            case .cookie: cookie
            case .bannerID: bannerID
            }
        }
        set {
            switch column {
            case .name: name = newValue
            case .age: age = newValue
            case .cookie: cookie = newValue
            case .bannerID: bannerID = newValue
            }
        }
    }
}
