/// What makes a record valid, beyond the rules that never vary.
public struct RecordRules: Codable, Hashable, Sendable {
    /// Which cookies are accepted.
    public enum CookieFormat: String, CaseIterable, Codable, Sendable {
        /// 1 to 256 bytes without white space or control characters.
        case any
        /// A UUID in its usual form of 36 characters.
        case uuid
    }

    /// Accept only A–Z and a–z as letters of a name, instead of all of Unicode's letters.
    public var asciiNames: Bool
    public var cookieFormat: CookieFormat

    public init(asciiNames: Bool = false, cookieFormat: CookieFormat = .any) {
        self.asciiNames = asciiNames
        self.cookieFormat = cookieFormat
    }
}
