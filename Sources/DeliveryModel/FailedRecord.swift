public import CustomerRecords

public import struct Foundation.Date

/// A record that was read and not delivered. Its fields are its own members, too: `record.cookie`.
@dynamicMemberLookup
public struct FailedRecord: Identifiable, Hashable, Codable, Sendable {
    /// Rejected records of a run that are listed; all of them stand in its `rejected.csv`.
    public static let maximumRejected = 10_000

    public enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        /// The API did not take it in the allowed attempts; sending it again may work.
        case retryable
        /// The API refused it.
        case permanent
        /// It breaks a rule and was never sent.
        case rejected
    }

    public var id: Int64
    public var run: RunID
    /// Physical line of the source where the record begins, 1-based; 0 when it had none.
    public var line: Int
    public var kind: Kind
    /// The broken rule of a rejected record.
    public var reason: ReasonCode?
    /// The status of the API's last answer, or the transport fault: `"400"`, `"timeout"`.
    public var status: String?
    /// What happened, in words; for a failed record with the beginning of the API's answer.
    public var message: String
    /// Requests of all runs that tried it.
    public var attempts: Int
    /// Runs that tried it; 0 for a rejected record.
    public var tries: Int
    public var time: Date
    /// The fields as they were read. Of a malformed record only `raw` is known.
    public var fields: RecordFields
    /// The whole record as it was read, for a rejected one.
    public var raw: String
    /// The run that is delivering it again now.
    public var retryingIn: RunID?

    public init(
        id: Int64, run: RunID, line: Int, kind: Kind, reason: ReasonCode? = nil, status: String? = nil,
        message: String, attempts: Int = 0, tries: Int = 1, time: Date, fields: RecordFields = RecordFields(),
        raw: String = "", retryingIn: RunID? = nil
    ) {
        self.id = id
        self.run = run
        self.line = line
        self.kind = kind
        self.reason = reason
        self.status = status
        self.message = message
        self.attempts = attempts
        self.tries = tries
        self.time = time
        self.fields = fields
        self.raw = raw
        self.retryingIn = retryingIn
    }

    /// Whether the records may have been applied all the same when the API's last answer was this one.
    public static func mayHaveArrived(status: String) -> Bool {
        if let code = Int(status) { return code >= 500 || code == 408 || (200..<300).contains(code) }
        return ["timeout", "reset", "web_page", "cancelled"].contains(status)
    }

    public subscript(dynamicMember field: WritableKeyPath<RecordFields, String>) -> String {
        get { fields[keyPath: field] }
        set { fields[keyPath: field] = newValue }
    }
}

/// Which failed records, in which order.
public struct FailureQuery: Hashable, Codable, Sendable {
    public enum Column: String, CaseIterable, Hashable, Codable, Sendable {
        case line, name, age, cookie, bannerID, kind, status, attempts, reason, time
    }

    /// `nil` is every run.
    public var run: RunID?
    /// Empty is every class.
    public var kinds: Set<FailedRecord.Kind>
    public var reason: ReasonCode?
    /// The API's last answer.
    public var status: String?
    /// Part of any field or message, in any case; empty means no filter.
    public var text: String
    public var sort: Column
    public var ascending: Bool

    public init(
        run: RunID? = nil, kinds: Set<FailedRecord.Kind> = [], reason: ReasonCode? = nil, status: String? = nil,
        text: String = "", sort: Column = .line, ascending: Bool = true
    ) {
        self.run = run
        self.kinds = kinds
        self.reason = reason
        self.status = status
        self.text = text
        self.sort = sort
        self.ascending = ascending
    }

    /// The records of a run that the API did not take, rejected ones excluded.
    public static func failed(in run: RunID) -> FailureQuery {
        FailureQuery(run: run, kinds: [.retryable, .permanent])
    }
}

/// Which failed records a retry sends.
public enum FailureSelection: Hashable, Codable, Sendable {
    /// Everything that failed (not rejected) and matches.
    case matching(FailureQuery)
    /// These, by their id.
    case records([Int64])
}
