/// A record's four fields as text: as they were read, given by hand or sent over HTTP.
public struct RecordFields: Hashable, Codable, Sendable {
    public var name: String
    public var age: String
    public var cookie: String
    public var bannerID: String

    public init(name: String = "", age: String = "", cookie: String = "", bannerID: String = "") {
        self.name = name
        self.age = age
        self.cookie = cookie
        self.bannerID = bannerID
    }

    private enum CodingKeys: String, CodingKey {
        case name, age, cookie
        case bannerID = "banner_id"
    }

    /// The names of the columns in files.
    public static let header = KnownColumn.allCases.map(\.rawValue)

    /// The fields in the order of the header.
    public var texts: [String] { KnownColumn.allCases.map { self[$0] } }

    /// The same without white space and invisible characters at the ends of the texts.
    public var trimmed: RecordFields {
        RecordFields(
            name: Trimming.whiteSpace.trimmed(name), age: Trimming.whiteSpace.trimmed(age),
            cookie: Trimming.whiteSpace.trimmed(cookie), bannerID: Trimming.whiteSpace.trimmed(bannerID))
    }

    public subscript(field: KnownColumn) -> String {
        switch field {
        case .name: name
        case .age: age
        case .cookie: cookie
        case .bannerID: bannerID
        }
    }
}
