public import CustomerRecords
public import DeliveryModel

/// A record that failed or was rejected, to be kept.
public struct NewFailure: Sendable {
    /// The record's line in the source, from 1.
    public var line: Int
    /// Whether it may be sent again as it is.
    public var kind: FailedRecord.Kind
    /// Why a rejected record is not valid.
    public var reason: ReasonCode?
    /// The status code of the last answer, or the name of the fault.
    public var status: String?
    /// One line that says what went wrong.
    public var message: String
    /// Requests that carried it and were charged.
    public var attempts: Int
    /// The fields as they were read.
    public var fields: RecordFields
    /// The text of the line, where its fields do not say all.
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
