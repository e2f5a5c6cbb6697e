public import struct Foundation.Date

/// One line of a run's event list.
public struct RunEvent: Hashable, Codable, Sendable {
    public enum Severity: Hashable, Codable, Sendable { case info, warning, error }

    public var time: Date
    public var severity: Severity
    /// One line, free of personal data and secrets.
    public var text: String

    public init(time: Date, severity: Severity, text: String) {
        self.time = time
        self.severity = severity
        self.text = text
    }
}

/// Latencies of answered requests, in seconds; `nil` before the first answer.
public struct LatencySummary: Hashable, Codable, Sendable {
    public var p50: Double
    public var p95: Double
    public var p99: Double

    public init(p50: Double, p95: Double, p99: Double) {
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
    }
}

/// A run at one moment, with all that the screens show of it.
public struct RunSnapshot: Identifiable, Codable, Sendable {
    public var summary: RunSummary
    /// The run's state.
    public var state: RunState { summary.state }
    public var id: RunID { summary.id }
    /// Progress through the source in bytes (records, for stored records).
    public var position: Int
    /// The source's size in the same unit; `nil` when unknown.
    public var total: Int?
    /// About how many records the source holds, judged from what has been read; exact once `isFullyRead`.
    public var estimatedRecords: Int?
    public var isFullyRead: Bool
    /// Records sent a second over the last few seconds.
    public var rate: Double
    public var peakRate: Double
    /// Seconds that are left, at the present rate; `nil` when unknown.
    public var secondsLeft: Double?
    public var inFlight: Int
    /// Requests waiting for their next attempt.
    public var waitingRetries: Int
    public var retryableFailures: Int
    public var latency: LatencySummary?
    /// Records sent in each of the last seconds, oldest first, at most 240.
    public var sentPerSecond: [Int]
    /// Requests that did not succeed in each of the last seconds, oldest first, at most 240.
    public var errorsPerSecond: [Int]
    /// Newest first, at most `maximumEvents`.
    public var events: [RunEvent]
    public static let maximumEvents = 200
    /// What kind of hold it waits for; `nil` when it doesn't wait, or when its reason is its own.
    public var hold: DeliveryHold.Kind?

    public init(
        summary: RunSummary, position: Int = 0, total: Int? = nil, estimatedRecords: Int? = nil,
        isFullyRead: Bool = false, rate: Double = 0, peakRate: Double = 0, secondsLeft: Double? = nil,
        inFlight: Int = 0, waitingRetries: Int = 0, retryableFailures: Int = 0, latency: LatencySummary? = nil,
        sentPerSecond: [Int] = [], errorsPerSecond: [Int] = [], events: [RunEvent] = [],
        hold: DeliveryHold.Kind? = nil
    ) {
        self.summary = summary
        self.position = position
        self.total = total
        self.estimatedRecords = estimatedRecords
        self.isFullyRead = isFullyRead
        self.rate = rate
        self.peakRate = peakRate
        self.secondsLeft = secondsLeft
        self.inFlight = inFlight
        self.waitingRetries = waitingRetries
        self.retryableFailures = retryableFailures
        self.latency = latency
        self.sentPerSecond = sentPerSecond
        self.errorsPerSecond = errorsPerSecond
        self.events = events
        self.hold = hold
    }
}

/// One request in flight.
public struct RequestInFlight: Identifiable, Hashable, Codable, Sendable {
    /// Different for every batch and part that this process sends.
    public var id: Int
    public var run: RunID
    /// Number of the batch in its run, from 1.
    public var batch: Int
    public var records: Int
    /// The attempt that is in flight, from 1; those that were not charged are left out.
    public var attempt: Int
    public var started: Date
    /// Whether it is the one request that checks whether the API is back.
    public var isProbe: Bool

    public init(id: Int, run: RunID, batch: Int, records: Int, attempt: Int, started: Date, isProbe: Bool = false) {
        self.id = id
        self.run = run
        self.batch = batch
        self.records = records
        self.attempt = attempt
        self.started = started
        self.isProbe = isProbe
    }
}

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

/// The engine at one moment.
public struct EngineSnapshot: Codable, Sendable {
    public enum Breaker: Hashable, Codable, Sendable {
        case closed
        case open(until: Date)
        case probing
    }

    /// Grows with every snapshot: equal generations are equal snapshots.
    public var generation: Int
    /// Active runs, and those that ended in this process, oldest first.
    public var runs: [RunSnapshot]
    /// Host (and port) of the API; `nil` while no address is set.
    public var apiHost: String?
    /// What new runs are bound to: the API's address in its normal form, or `sandbox`, and the profile.
    public var apiAddress: String?
    public var profile: String?
    /// Why nothing can be taken or delivered now, in one line: the journal can't be written.
    public var fault: String?
    public var breaker: Breaker
    /// When the API last answered with a 2xx.
    public var lastSuccess: Date?
    /// Requests in flight now, what pacing allows now, and the most that the operator allows.
    public var inFlight: Int
    public var concurrencyLimit: Int
    public var concurrencyMaximum: Int
    /// Records per second that the operator allows; `nil` means no limit.
    public var rateMaximum: Int?
    /// When records may be sent, and how many a day.
    public var schedule = SendSchedule()
    /// Whether that was set while the process ran, so that it ends with it.
    public var isScheduleTemporary = false
    /// Records that were sent today, where their number is limited and known.
    public var sentToday: Int?
    /// Requests a second that pacing allows since the last 429; `nil` is free.
    public var requestRateLimit: Double?
    /// The requests in flight, oldest first.
    public var requestsInFlight: [RequestInFlight] = []
    /// What holds all runs or single ones back now.
    public var holds: [DeliveryHold] = []
    /// What the API answers to every record, in one line; `nil` when nothing is known of that.
    public var refusal: String?
    /// Accepted runs whose source is not open yet; the first of them are in `runs`.
    public var queuedRuns = 0
    /// Why the running process can't be seen any more, when it is another one; what it said last stands still.
    public var lost: String?
    /// How long the API took for its answers in this process.
    public var latencies = LatencyHistogram()

    /// Why the API takes no records now, in one line; `nil` when nothing is known to be wrong with it.
    public var deliveryFault: String? {
        holds.first { $0.run == nil && $0.kind != .throttled && !$0.kind.isPlanned }?.reason
    }

    public init(
        generation: Int = 0, runs: [RunSnapshot] = [], apiHost: String? = nil, fault: String? = nil,
        breaker: Breaker = .closed, lastSuccess: Date? = nil, inFlight: Int = 0, concurrencyLimit: Int = 2,
        concurrencyMaximum: Int = PacingLimits.defaultConcurrency,
        rateMaximum: Int? = nil, requestRateLimit: Double? = nil
    ) {
        self.generation = generation
        self.runs = runs
        self.apiHost = apiHost
        self.fault = fault
        self.breaker = breaker
        self.lastSuccess = lastSuccess
        self.inFlight = inFlight
        self.concurrencyLimit = concurrencyLimit
        self.concurrencyMaximum = concurrencyMaximum
        self.rateMaximum = rateMaximum
        self.requestRateLimit = requestRateLimit
    }

    public func run(_ id: RunID) -> RunSnapshot? { runs.first { $0.id == id } }

    /// Whether a run was started for the API and the profile that are used now, so that it can be continued. One of an
    /// older version belongs to whoever continues it.
    public func owns(_ run: RunSummary) -> Bool {
        guard let api = run.api, let apiAddress else { return true }
        return api == apiAddress && run.profile == profile
    }
}
