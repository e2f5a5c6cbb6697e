/// Which kinds of characters a cookie of ASCII is made of: enough to tell that it is neither a spreadsheet's number nor a
/// placeholder.
struct CookieShape: Sendable {
    private var count = 0
    private var digits = 0
    private var trailingZeros = 0
    /// Letters but `e`, which an exponent has.
    private var letters = 0
    private var exponents = 0
    private var points = 0
    private var commas = 0
    private var signs = 0
    /// Characters that neither numbers nor words have.
    private var others = 0
    private var hasHash = false
    private var hasOdd = false

    /// - Returns: whether the byte is ASCII.
    mutating func add(_ byte: UInt8) -> Bool {
        count += 1
        trailingZeros = byte == .zero ? trailingZeros + 1 : 0
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
        case UInt8(ascii: "e"), UInt8(ascii: "E"): exponents += 1
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): letters += 1
        case UInt8(ascii: "."): points += 1
        case UInt8(ascii: ","): commas += 1
        case UInt8(ascii: "+"), UInt8(ascii: "-"): signs += 1
        case 0x80...: return false
        default:
            others += 1
            hasHash = hasHash || byte == UInt8(ascii: "#")
            let isOfPlaceholder =
                byte == UInt8(ascii: "/") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
            hasOdd = hasOdd || !isOfPlaceholder
        }
        return true
    }

    /// Whether quotes, a guard, or a placeholder in brackets may begin with the byte.
    static func opensAccident(_ first: UInt8) -> Bool {
        switch first {
        case .quote, UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "="), UInt8(ascii: "#"), UInt8(ascii: "("),
            UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\\"):
            true
        default: false
        }
    }

    func mayBeNumber(first: UInt8) -> Bool {
        if letters > 0 || others > 0 || digits == 0 || points > 1 || exponents > 1 { return false }
        let isSigned = first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
        if !isSigned, first &- .zero > 9 { return false }
        // A second sign belongs to an exponent.
        if exponents == 0, signs > (isSigned ? 1 : 0) { return false }
        if exponents == 0, points == 0, commas == 0 {
            // A spreadsheet keeps fifteen digits.
            return digits >= 16 && trailingZeros >= digits - 15
        }
        return true
    }

    func mayBePlaceholder(first: UInt8, second: UInt8) -> Bool {
        if digits + letters + exponents == 0 || hasHash { return true }
        if digits > 0 || hasOdd || count > 11 { return false }
        // null, NaN, NaT, nil, none, n/a, n.a., undefined, unknown, unset, -nan
        switch first | 0x20 {
        case UInt8(ascii: "n"):
            return [UInt8(ascii: "u"), UInt8(ascii: "a"), UInt8(ascii: "i"), UInt8(ascii: "o")].contains(second | 0x20)
                || second == UInt8(ascii: "/") || second == UInt8(ascii: ".")
        case UInt8(ascii: "u"): return second | 0x20 == UInt8(ascii: "n")
        default: return first == UInt8(ascii: "-")
        }
    }
}
