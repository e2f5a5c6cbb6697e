public import CustomerRecords

/// An undelivered record with other fields than it was read with.
public struct FixedRecord: Sendable {
    public enum Origin: Sendable {
        /// A failure that the store holds.
        case failure(Int64)
        /// A rejected record that is kept from now on.
        case rejected(NewFailure)
    }

    public var origin: Origin
    public var line: Int
    public var fields: RecordFields

    public init(_ origin: Origin, line: Int, fields: RecordFields) {
        self.origin = origin
        self.line = line
        self.fields = fields
    }
}
