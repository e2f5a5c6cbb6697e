public import struct Foundation.Date

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
    /// Accepted runs whose source is not open yet, but for paused ones; the first of them are in `runs`.
    public var queuedRuns = 0
    /// Why the running process can't be seen any more, when it is another one; what it said last stands still.
    public var lost: String?
    /// How long the API took for its answers in this process.
    public var latencies = LatencyHistogram()

    /// Whether a run is sent, or waits to be: one that an operator paused does not.
    public var isDelivering: Bool {
        queuedRuns > 0 || runs.contains { $0.state.isActive && $0.state != .paused }
    }

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
