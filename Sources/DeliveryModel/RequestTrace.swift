public import struct Foundation.Date

/// A request to the API as it was sent, and what came back. The newest few hundred are kept in memory.
public struct RequestTrace: Identifiable, Hashable, Codable, Sendable {
    public struct Result: Hashable, Codable, Sendable {
        /// The status code, or the name of the fault.
        public var label: String
        /// Seconds.
        public var duration: Double
        public var isApplied: Bool
        /// Whether it is the answer to the login, without which the records did not leave.
        public var isOfLogin: Bool
        /// Why the records were not applied, in words.
        public var cause: String?
        /// The beginning of the answer's body, without secrets.
        public var excerpt: String?

        public init(
            label: String, duration: Double, isApplied: Bool, isOfLogin: Bool = false, cause: String? = nil,
            excerpt: String? = nil
        ) {
            self.label = label
            self.duration = duration
            self.isApplied = isApplied
            self.isOfLogin = isOfLogin
            self.cause = cause
            self.excerpt = excerpt
        }
    }

    public var id: Int
    public var run: RunID
    /// Number of the batch in its run, from 1.
    public var batch: Int
    public var records: Int
    /// Lines of the run's source that the records come from.
    public var lines: ClosedRange<Int>
    /// From 1; attempts that were not charged are left out.
    public var attempt: Int
    public var started: Date
    public var url: String
    /// The beginning of the body: it is cut behind a whole record and closed, so that it can be sent as it is.
    public var body: String
    /// Records in `body`.
    public var shownRecords: Int
    /// Of the whole body.
    public var bodyBytes: Int
    /// `nil` while the request is in flight, and when its answer was not waited for.
    public var result: Result?
    /// Whether nobody waited for the answer.
    public var isAbandoned = false
    /// The traces that its records belong to, as clients of the listener named them (`traceparent`).
    public var traces: [String] = []

    public init(
        id: Int, run: RunID, batch: Int, records: Int, lines: ClosedRange<Int>, attempt: Int, started: Date,
        url: String, body: String, shownRecords: Int, bodyBytes: Int, result: Result? = nil
    ) {
        self.id = id
        self.run = run
        self.batch = batch
        self.records = records
        self.lines = lines
        self.attempt = attempt
        self.started = started
        self.url = url
        self.body = body
        self.shownRecords = shownRecords
        self.bodyBytes = bodyBytes
        self.result = result
    }
}
