/// What makes a record valid, beyond the rules that never vary.
public struct RecordRules: Codable, Hashable, Sendable {
    /// The rules that new runs begin with. A run that began with others is read to its end by those.
    ///
    /// - 1: fields are trimmed of spaces outside quotes, and fields behind the fourth don't matter.
    /// - 2: fields are trimmed of all white space, and a row has to have as many fields as the header.
    public static let currentVersion = 2

    /// Which names are accepted.
    public enum NameFormat: String, CaseIterable, Codable, Sendable {
        /// A–Z, a–z and space.
        case ascii
        /// Letters of any script with their combining marks, and spaces.
        case letters
        /// Apostrophes, hyphens and periods, too: O’Brien, Anna-Marie.
        case common
        /// Whatever is visible.
        case any

        /// Each format allows what those of less breadth do.
        var breadth: Int {
            switch self {
            case .ascii: 0
            case .letters: 1
            case .common: 2
            case .any: 3
            }
        }
    }

    /// Which cookies are accepted.
    public enum CookieFormat: String, CaseIterable, Codable, Sendable {
        /// 1 to 256 bytes without white space, control or invisible characters.
        case any
        /// A UUID in its usual form of 36 characters.
        case uuid
    }

    public var nameFormat: NameFormat
    public var cookieFormat: CookieFormat
    /// Whether cookies that look like an accident of a spreadsheet are rejected instead of only counted.
    public var rejectsSuspicious: Bool
    public internal(set) var version: Int

    public init(
        nameFormat: NameFormat = .letters, cookieFormat: CookieFormat = .any, rejectsSuspicious: Bool = false
    ) {
        self.nameFormat = nameFormat
        self.cookieFormat = cookieFormat
        self.rejectsSuspicious = rejectsSuspicious
        version = Self.currentVersion
    }

    private enum CodingKeys: String, CodingKey {
        case nameFormat, cookieFormat, rejectsSuspicious, version
        /// As version 1 stored the name format.
        case asciiNames
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let asciiNames = try values.decodeIfPresent(Bool.self, forKey: .asciiNames) ?? false
        nameFormat =
            try values.decodeIfPresent(NameFormat.self, forKey: .nameFormat) ?? (asciiNames ? .ascii : .letters)
        cookieFormat = try values.decodeIfPresent(CookieFormat.self, forKey: .cookieFormat) ?? .any
        rejectsSuspicious = try values.decodeIfPresent(Bool.self, forKey: .rejectsSuspicious) ?? false
        version = try values.decodeIfPresent(Int.self, forKey: .version) ?? 1
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(nameFormat, forKey: .nameFormat)
        try values.encode(cookieFormat, forKey: .cookieFormat)
        try values.encode(rejectsSuspicious, forKey: .rejectsSuspicious)
        try values.encode(version, forKey: .version)
    }
}
