/// A record of a source, for people and for files: its fields as they were read, trimmed and unquoted.
@dynamicMemberLookup
public struct CustomerRow: Hashable, Sendable {
    /// The physical line of the source where the record begins; 0 when it had none.
    public var line: Int
    public var fields: RecordFields

    public init(line: Int, _ fields: RecordFields) {
        self.line = line
        self.fields = fields
    }

    public subscript(dynamicMember field: KeyPath<RecordFields, String>) -> String { fields[keyPath: field] }
}
