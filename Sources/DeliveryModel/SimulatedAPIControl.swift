/// What the simulated ShowAds API does wrong, changeable while it runs.
public struct SimulatedFaults: Hashable, Codable, Sendable {
    /// Milliseconds that every answer takes, and up to so many more at random.
    public var latency: Double
    public var jitter: Double
    /// Share of banner requests answered 500, nothing applied; 0…1.
    public var errorRate: Double
    /// Banner requests per second before 429; `nil` means no limit.
    public var rateLimit: Double?
    /// Seconds in the `Retry-After` of a 429; `nil` leaves the header out.
    public var retryAfter: Double?
    /// Seconds before a token expires; `nil` is never.
    public var tokenLifetime: Double?
    /// Every connection is dropped without an answer.
    public var outage: Bool
    /// Cookies that begin with `refuse-` are answered 400.
    public var refusesMarkedCookies: Bool

    public init(
        latency: Double = 0, jitter: Double = 0, errorRate: Double = 0, rateLimit: Double? = nil,
        retryAfter: Double? = nil, tokenLifetime: Double? = nil, outage: Bool = false,
        refusesMarkedCookies: Bool = true
    ) {
        self.latency = latency
        self.jitter = jitter
        self.errorRate = errorRate
        self.rateLimit = rateLimit
        self.retryAfter = retryAfter
        self.tokenLifetime = tokenLifetime
        self.outage = outage
        self.refusesMarkedCookies = refusesMarkedCookies
    }
}

/// The simulated ShowAds API of `--sandbox`, as the terminal UI sees it.
public protocol SimulatedAPIControl: Sendable {
    var faults: SimulatedFaults { get }
    func setFaults(_ faults: SimulatedFaults)
}
