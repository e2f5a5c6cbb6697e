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
