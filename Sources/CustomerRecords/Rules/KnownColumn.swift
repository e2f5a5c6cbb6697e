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
