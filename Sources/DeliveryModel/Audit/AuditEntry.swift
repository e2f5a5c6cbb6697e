public import struct Foundation.Date

/// One thing that somebody did, as the audit keeps it: no field of a record is ever in it.
public struct AuditEntry: Hashable, Codable, Sendable {
    public enum Command: String, Hashable, Codable, CaseIterable, Sendable {
        case send, retry
        /// A record was edited and sent again.
        case resend
        /// One change of many records, which are sent again.
        case fix
        case dismiss, undismiss
        case pause, resume, stop, discard
        case retryNow = "retry_now"
        case setConcurrency = "set_concurrency"
        case setRate = "set_rate"
        case setWindow = "set_window"
        case setDailyLimit = "set_daily_limit"
        case setAPI = "set_api"
        case erase
        case removeList = "remove_list"
        /// A run was sent although the send window was closed.
        case passWindow = "pass_window"
        case startListener = "start_listener"
        case stopListener = "stop_listener"
        /// Failed records were written to a file.
        case export
        /// A report of a run was written, which holds no records.
        case report
    }

    public var at: Date
    public var who: String
    public var from: String
    public var command: Command
    public var run: RunID?
    /// How many records it was about; of a run that is being sent, those that were sent so far.
    public var records: Int?
    /// Tells entries apart, so that noting one again after a lost answer changes nothing.
    public var creation: Int64

    public init(
        at: Date, by asker: Operator, _ command: Command, run: RunID? = nil, records: Int? = nil,
        creation: Int64 = .random(in: .min...(.max))
    ) {
        self.at = at
        who = asker.who
        from = asker.from
        self.command = command
        self.run = run
        self.records = records
        self.creation = creation
    }
}

/// Which entries of the audit are wanted.
public struct AuditQuery: Hashable, Codable, Sendable {
    public var since: Date?
    public var run: RunID?
    /// At most so many, newest first.
    public var limit: Int

    public init(since: Date? = nil, run: RunID? = nil, limit: Int = .max) {
        self.since = since
        self.run = run
        self.limit = limit
    }
}
