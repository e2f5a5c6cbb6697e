/// What may be set of sending, and what holds when nobody says. Reading has its own in `ReaderOptions`.
public enum PacingLimits {
    /// Requests in flight.
    public static let concurrency = 1...256
    public static let defaultConcurrency = 16
    /// The allowed number that is nearest.
    public static func allowed(concurrency wanted: Int) -> Int {
        min(max(concurrency.lowerBound, wanted), concurrency.upperBound)
    }

    /// Attempts of a batch before its records have failed.
    public static let attempts = 1...1000
    public static let defaultAttempts = 5
}
