import NIOHTTP1

/// Which fields or parameters a request may have. One that is not known is refused and named, since a misspelled filter
/// would send records that were to stay here.
struct KnownNames: Sendable {
    /// What is done with a name that is not known.
    enum Unknown: Hashable, Sendable {
        case refused
        /// Ignored, unless it is within one edit of a known one: that is a mistake, whatever was said of others.
        case ignored
    }

    private let names: [String]
    private let folded: [[UInt8]]
    private let unknown: Unknown

    init(_ names: [String], unknown: Unknown) {
        self.names = names
        folded = names.map(Self.fold)
        self.unknown = unknown
    }

    /// - Throws: `Refusal` with 400.
    func check(_ name: String, what: String) throws(Refusal) {
        if names.contains(name) { return }
        let similar = similar(to: name)
        if unknown == .ignored, similar == nil { return }
        let shown = String(
            name.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(64).map(Character.init))
        let hint = similar.map { " Did you mean \($0)?" } ?? ""
        throw Refusal(.badRequest, "\(what) \(shown.isEmpty ? "without a name" : shown) is not known.\(hint)")
    }

    /// The known name that is within one edit, case, `_` and `-` ignored.
    func similar(to name: String) -> String? {
        // Longer ones are not within one edit of any.
        guard name.utf8.count <= 64 else { return nil }
        let given = Self.fold(name)
        let index = folded.firstIndex { Self.isWithinOneEdit($0, given) }
        return index.map { names[$0] }
    }

    private static func fold(_ name: String) -> [UInt8] {
        Array(name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") })
    }

    /// Whether one inserted, removed or replaced byte, or two swapped ones, make the texts equal.
    static func isWithinOneEdit(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let (short, long) = left.count <= right.count ? (left, right) : (right, left)
        guard long.count - short.count <= 1 else { return false }
        let prefix = zip(short, long).prefix { $0 == $1 }.count
        if prefix == short.count { return true }
        if short.count < long.count { return short[prefix...].elementsEqual(long[(prefix + 1)...]) }
        if short[(prefix + 1)...].elementsEqual(long[(prefix + 1)...]) { return true }
        return prefix + 1 < short.count && short[prefix] == long[prefix + 1] && short[prefix + 1] == long[prefix]
            && short[(prefix + 2)...].elementsEqual(long[(prefix + 2)...])
    }
}
