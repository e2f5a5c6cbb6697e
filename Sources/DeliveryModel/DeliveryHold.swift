public import struct Foundation.Date

/// Why nothing is sent for now, and until when.
public struct DeliveryHold: Hashable, Codable, Sendable {
    public enum Kind: Hashable, Codable, Sendable {
        /// The API asked for a pause.
        case throttled
        /// The API is down, or can't be reached.
        case unavailable
        /// The API's address, the key or its rights are wrong.
        case misconfigured
        /// The API refuses every record of the run.
        case refused
        /// The journal can't be written.
        case journal
        /// The send window is closed.
        case window
        /// The operator's limit of records a day is reached.
        case dailyLimit

        /// Whether it is a time to wait for, and nothing is wrong.
        public var isPlanned: Bool { self == .window || self == .dailyLimit }
    }

    public var kind: Kind
    /// The run that is held; `nil`: all of them.
    public var run: RunID?
    /// One line, free of personal data and secrets.
    public var reason: String
    /// When it is tried again; `nil` when a request in flight decides, or somebody else.
    public var until: Date?

    public init(kind: Kind, run: RunID? = nil, reason: String, until: Date? = nil) {
        self.kind = kind
        self.run = run
        self.reason = reason
        self.until = until
    }
}
