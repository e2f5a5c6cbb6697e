public import struct Foundation.Date

/// What is known of a list of delivered records. The records themselves nobody can read from it.
public struct DeliveryListSummary: Hashable, Sendable {
    public var name: String
    /// The API that they were delivered to; `nil` in a run without an address.
    public var api: String?
    public var records: Int
    public var createdAt: Date
    /// When a run last used it.
    public var usedAt: Date

    public init(name: String, api: String?, records: Int, createdAt: Date, usedAt: Date) {
        self.name = name
        self.api = api
        self.records = records
        self.createdAt = createdAt
        self.usedAt = usedAt
    }
}

/// The name of a list, as an operator gives it.
public enum DeliveryListName {
    /// - Returns: what is wrong with it; `nil` when nothing is.
    public static func fault(_ name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(name.utf8.count) else {
            return "A list's name has 1 to 64 letters, digits, '-', '_' or '.'."
        }
        return nil
    }
}
