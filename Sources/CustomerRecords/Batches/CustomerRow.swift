/// A delivered or failed record for people and for files: its fields as they were read, trimmed and unquoted.
public struct CustomerRow: Codable, Hashable, Sendable {
    /// The physical line of the source where the record begins; 0 when it had none.
    public var line: Int
    public var name: String
    public var age: String
    public var cookie: String
    public var bannerID: String

    public init(line: Int, name: String, age: String, cookie: String, bannerID: String) {
        self.line = line
        self.name = name
        self.age = age
        self.cookie = cookie
        self.bannerID = bannerID
    }

    /// The names of the columns in files.
    public static let header = ["name", "age", "cookie", "banner_id"]

    /// The fields in the order of the header.
    public var fields: [String] { [name, age, cookie, bannerID] }
}
