public import CustomerRecords

/// An undelivered record with other fields than it was read with.
public struct FixedRecord: Sendable {
    /// Which record it was.
    public enum Origin: Sendable {
        /// A failure that the store holds.
        case failure(Int64)
        /// A rejected record that is kept from now on.
        case rejected(NewFailure)
    }

    /// The record that was changed.
    public var origin: Origin
    /// Its line in the source, from 1.
    public var line: Int
    /// The fields as they are sent now.
    public var fields: RecordFields

    public init(_ origin: Origin, line: Int, fields: RecordFields) {
        self.origin = origin
        self.line = line
        self.fields = fields
    }
}
