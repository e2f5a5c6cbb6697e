public import DeliveryModel
public import DeliveryStore
public import SystemPackage

/// How the engine delivers; what one run wants of its own stands in its request.
public struct EngineConfiguration: Sendable {
    /// The most requests in flight.
    public var concurrency: Int
    /// Maximum records per second; `nil` means no limit.
    public var rate: Int?
    /// Attempts of a batch before its records are failed, retryable.
    public var attempts: Int
    /// Runs are stopped, resumable, after so long without one success; `nil` is never.
    public var giveUpAfter: Duration?
    /// When records may be sent; `nil` is always.
    public var window: SendWindow?
    /// Maximum records per day of the window's time zone, or of this machine's; `nil` means no limit.
    public var dailyLimit: Int?
    /// Where `unsent_YYYY-MM-DD.csv` goes.
    public var unsentDirectory: FilePath
    /// Which process of which node works on the runs.
    public var owner: RunOwner
    /// Whether the store itself says which runs somebody works on: it is shared, and others may. Nothing leaves before
    /// this process has its share of the limits.
    public var storeKnowsOwners: Bool
    /// The profile whose address and key are used; runs are bound to it.
    public var profile: String?
    /// Bytes of the disk that are kept free; `nil` is 256 MiB, but at most a tenth of it.
    public var minimumFree: Int?
    /// How long requests in flight may take to end when a run is stopped. With what follows it stays below 10 s.
    public var stopGrace: Duration

    /// Whether the process serves until it is told to stop: its runs wait for the end of a fault by themselves.
    public var isService: Bool
    /// Records in a request of a run that is retried or resumed, for what is not planned yet; `nil` is as it began, or
    /// the default for a retry.
    public var batchSize: Int?
    /// How long runs are remembered; `nil` leaves everything as it is.
    public var retention: RetentionPolicy?

    public init(
        concurrency: Int = PacingLimits.defaultConcurrency, rate: Int? = nil,
        attempts: Int = PacingLimits.defaultAttempts, giveUpAfter: Duration? = nil,
        unsentDirectory: FilePath, owner: RunOwner = .current, profile: String? = nil,
        minimumFree: Int? = nil, stopGrace: Duration = .seconds(9), isService: Bool = false, batchSize: Int? = nil,
        window: SendWindow? = nil, dailyLimit: Int? = nil, retention: RetentionPolicy? = nil,
        storeKnowsOwners: Bool = false
    ) {
        self.concurrency = concurrency
        self.rate = rate
        self.attempts = attempts
        self.giveUpAfter = giveUpAfter
        self.unsentDirectory = unsentDirectory
        self.owner = owner
        self.profile = profile
        self.minimumFree = minimumFree
        self.stopGrace = stopGrace
        self.isService = isService
        self.batchSize = batchSize
        self.window = window
        self.dailyLimit = dailyLimit
        self.retention = retention
        self.storeKnowsOwners = storeKnowsOwners
    }

    var policy: DeliveryPolicy {
        DeliveryPolicy(
            concurrency: concurrency, rate: rate, attempts: attempts, giveUpAfter: giveUpAfter, window: window,
            dailyLimit: dailyLimit, share: storeKnowsOwners ? NodeShare.none : nil, stopGrace: stopGrace,
            isService: isService)
    }
}
