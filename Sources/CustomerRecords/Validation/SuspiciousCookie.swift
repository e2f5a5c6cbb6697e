/// Cookies that no rule forbids, and that yet look like an accident of the program that wrote the file.
enum SuspiciousCookie: UInt8, Sendable {
    /// `1.23457E+15`, `12345.0`, 16 digits and more that end in zeros.
    case number
    /// `null`, `NaN`, `#REF!`, `--`.
    case placeholder
    /// `'c'`, `“c”`.
    case quotes
    /// `'=c`, `="c"`.
    case spreadsheetGuard
    /// With the character that stands for one that was lost.
    case damaged

    var noticeCode: Notice.Code {
        switch self {
        case .number: .cookieNumber
        case .placeholder: .cookiePlaceholder
        case .quotes: .cookieQuotes
        case .spreadsheetGuard: .cookieGuard
        case .damaged: .cookieDamaged
        }
    }

    /// What it looks like, for a message.
    var words: String {
        switch self {
        case .number: "a number that a spreadsheet wrote"
        case .placeholder: "a placeholder"
        case .quotes: "a value in quotes of another kind"
        case .spreadsheetGuard: "a value that a spreadsheet guarded as text"
        case .damaged: "a value that lost characters in a conversion"
        }
    }

    /// Neither placeholders nor a spreadsheet's numbers are longer.
    private static let longest = 24

    /// Whether a cookie of ASCII needs no second look; says so for nearly all of them, and fast.
    ///
    /// - Parameter vector: its first sixteen bytes.
    @inline(__always)
    static func isExcluded(_ first: UInt8, length: Int, vector: ByteVector) -> Bool {
        if length > longest {
            return first != UInt8(ascii: "'") && first != UInt8(ascii: "`") && first != UInt8(ascii: "=")
        }
        let letter = (first | 0x20) &- UInt8(ascii: "a")
        // n and u begin placeholders.
        if letter < 26 { return letter != 13 && letter != 20 }
        guard first &- .zero < 10, length < 16 else { return false }
        let points =
            vector.equals(ByteVector(repeating: UInt8(ascii: "."))) | vector.equals(ByteVector(repeating: .hyphen))
            | vector.equals(ByteVector(repeating: UInt8(ascii: "+")))
            | vector.equals(ByteVector(repeating: UInt8(ascii: ",")))
        return points.bits & .lowest(length) == 0
    }

    /// Whether a cookie of ASCII needs no second look, which takes a hundred times as long: of those that `isExcluded` can't
    /// tell from an accident, few are left.
    static func isOrdinary(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool {
        guard range.count <= longest, let first = range.first.map({ bytes[$0] }) else { return false }
        var shape = CookieShape()
        for index in range where !shape.add(bytes[index]) { return false }
        let second = range.count > 1 ? bytes[range.lowerBound + 1] : 0
        return !CookieShape.opensAccident(first)
            && !shape.mayBeNumber(first: first)
            && !shape.mayBePlaceholder(first: first, second: second)
    }

    /// What is suspicious about a cookie that follows the rules.
    init?(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        guard let first = range.first.map({ bytes[$0] }) else { return nil }
        // Nearly all cookies are ASCII and need no second look.
        if first != .quote, bytes.byteCount - range.lowerBound >= ByteVector.count,
            bytes.first(in: range, { $0 }) == range.upperBound,
            Self.isExcluded(first, length: range.count, vector: ByteVector(bytes, at: range.lowerBound))
        {
            return nil
        }
        if Self.isOrdinary(bytes, range) { return nil }
        let text = bytes.text(FieldRange(start: range.lowerBound, end: range.upperBound))
        guard let found = Self.find(Array(text.unicodeScalars)) else { return nil }
        self = found
    }

    static func find(_ cookie: [Unicode.Scalar]) -> SuspiciousCookie? {
        if isGuarded(cookie) { return .spreadsheetGuard }
        if isQuoted(cookie) { return .quotes }
        if cookie.count <= longest {
            if isNumber(cookie) { return .number }
            if isPlaceholder(cookie) { return .placeholder }
        }
        return cookie.contains("\u{FFFD}") ? .damaged : nil
    }

    private static func isGuarded(_ cookie: [Unicode.Scalar]) -> Bool {
        guard cookie.count >= 2 else { return false }
        if cookie[0] == "'", cookie[1] == "=" || cookie[1] == "+" || cookie[1] == "-" || cookie[1] == "@" {
            return true
        }
        return cookie.count >= 3 && cookie[0] == "=" && cookie[1] == "\"" && cookie.last == "\""
    }

    private static let closingQuotes: [Unicode.Scalar: Set<Unicode.Scalar>] = [
        "'": ["'"], "\"": ["\""], "“": ["”", "“"], "”": ["”"], "„": ["“", "”"], "‘": ["’", "‘"], "’": ["’"],
        "‚": ["‘", "’"], "«": ["»"], "»": ["«"], "‹": ["›"], "›": ["‹"], "`": ["`", "'"], "´": ["´"], "＂": ["＂"],
        "′": ["′"], "″": ["″"],
    ]

    private static func isQuoted(_ cookie: [Unicode.Scalar]) -> Bool {
        guard cookie.count >= 2, let closing = closingQuotes[cookie[0]], let last = cookie.last else { return false }
        return closing.contains(last)
    }

    private static func isNumber(_ cookie: [Unicode.Scalar]) -> Bool {
        var rest = cookie[...]
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        let digits = rest.prefix { isDigit($0) }
        rest = rest.dropFirst(digits.count)
        guard !digits.isEmpty else { return false }
        // A spreadsheet keeps fifteen digits of a number.
        if rest.isEmpty { return digits.count >= 16 && digits.dropFirst(15).allSatisfy { $0 == "0" } }
        if rest.first == "." || rest.first == "," {
            let fraction = rest.dropFirst().prefix { isDigit($0) }
            let after = rest.dropFirst(1 + fraction.count)
            guard !fraction.isEmpty else { return false }
            if after.isEmpty { return fraction.allSatisfy { $0 == "0" } || isGrouped(cookie) }
            rest = after
        }
        if isGrouped(cookie) { return true }
        guard rest.first == "e" || rest.first == "E", let sign = rest.dropFirst().first, sign == "+" || sign == "-"
        else { return false }
        let exponent = rest.dropFirst(2)
        return (1...3).contains(exponent.count) && exponent.allSatisfy { isDigit($0) }
    }

    /// `1,234,567`.
    private static func isGrouped(_ cookie: [Unicode.Scalar]) -> Bool {
        let groups = cookie.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.count >= 3, (1...3).contains(groups[0].count) else { return false }
        return groups.allSatisfy { $0.allSatisfy { isDigit($0) } } && groups.dropFirst().allSatisfy { $0.count == 3 }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static let placeholders: Set<String> = [
        "null", "nan", "nat", "nil", "none", "na", "n/a", "n.a.", "n/d", "undefined", "unknown", "unset", "(null)",
        "<null>", "[null]", "{null}", "<na>", "(none)", "<none>", "(blank)", "(empty)", "(unknown)", "(undefined)",
        "\\n", "-nan", "-1.#ind", "1.#qnan", "-nan(ind)", "nan(ind)",
    ]

    private static func isPlaceholder(_ cookie: [Unicode.Scalar]) -> Bool {
        let text = String(String.UnicodeScalarView(cookie))
        if placeholders.contains(text.lowercased()) { return true }
        // `#REF!`, `#N/A`, `#BEZUG!`, and ##### where a column was too narrow.
        if cookie[0] == "#" {
            let rest = cookie.dropFirst()
            if cookie.last == "!" || cookie.last == "?" { return rest.count >= 2 }
            if ["#n/a", "#nv", "#na", "#n/d", "#nd"].contains(text.lowercased()) { return true }
        }
        return !cookie.contains { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    }
}
