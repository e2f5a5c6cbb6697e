public import CustomerRecords

/// A record whose source is the store itself.
public struct StoredRecord: Hashable, Sendable {
    public var line: Int
    public var fields: RecordFields
    /// The failure that it came from.
    public var root: Int64?

    public init(line: Int, fields: RecordFields, root: Int64? = nil) {
        self.line = line
        self.fields = fields
        self.root = root
    }
}
