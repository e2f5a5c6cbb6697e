public import CustomerRecords
public import DeliveryModel

/// A record that failed or was rejected, to be kept.
public struct NewFailure: Sendable {
    public var line: Int
    public var kind: FailedRecord.Kind
    public var reason: ReasonCode?
    /// The status code of the last answer, or the name of the fault.
    public var status: String?
    public var message: String
    public var attempts: Int
    public var fields: RecordFields
    /// The text of the line when it has no fields.
    public var raw: String

    public init(
        line: Int, kind: FailedRecord.Kind, reason: ReasonCode? = nil, status: String? = nil, message: String,
        attempts: Int = 0, fields: RecordFields, raw: String = ""
    ) {
        self.line = line
        self.kind = kind
        self.reason = reason
        self.status = status
        self.message = message
        self.attempts = attempts
        self.fields = fields
        self.raw = raw
    }
}
