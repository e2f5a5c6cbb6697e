public import CustomerRecords

/// A record whose source is the store itself.
public struct StoredRecord: Hashable, Sendable {
    /// Its line in the source, or its number among stored records, from 1.
    public var line: Int
    /// The fields as they are sent.
    public var fields: RecordFields
    /// The failure that it came from.
    public var root: Int64?

    public init(line: Int, fields: RecordFields, root: Int64? = nil) {
        self.line = line
        self.fields = fields
        self.root = root
    }
}
