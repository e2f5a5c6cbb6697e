/// Why values that keep the rule of a cookie are hardly any.
enum CookieDoubt: Hashable, Sendable {
    case dates, numbers, repeats

    /// - Parameter values: of the first records. Of a few nothing is said.
    init?(_ values: [String]) {
        let values = values.filter { !$0.isEmpty }
        guard values.count >= 3 else { return nil }
        func isMost(_ property: (String) -> Bool) -> Bool { values.count(where: property) * 5 >= values.count * 4 }
        if isMost(Self.isDate) {
            self = .dates
        } else if isMost({ $0.utf8.count <= 9 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) {
            self = .numbers
        } else if values.count >= 6, Set(values).count * 2 <= values.count {
            self = .repeats
        } else {
            return nil
        }
    }

    /// `2026-11-24`, `24.11.2026`, `11/24/26`, also with a time.
    private static func isDate(_ text: String) -> Bool {
        let day = text.split(whereSeparator: { $0 == " " || $0 == "T" }).first ?? ""
        let parts = day.split(omittingEmptySubsequences: false, whereSeparator: { "-./".contains($0) })
        return parts.count == 3
            && parts.allSatisfy { part in
                (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }

    var words: String {
        switch self {
        case .dates: "looks like dates"
        case .numbers: "looks like short numbers"
        case .repeats: "few different values"
        }
    }
}
