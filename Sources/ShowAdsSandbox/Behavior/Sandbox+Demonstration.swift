public import DeliveryModel

extension Sandbox {
    /// A demonstration that shows everything in about ten seconds, for 16,000 valid records, which are 16 bulk requests.
    ///
    /// - Half a second and more an answer makes every single request visible.
    /// - Four requests a second are fewer than a client sends that doubles its concurrency, so it is throttled a few
    ///   times, waits the second that it is asked for, and settles below the limit.
    /// - Every eighth request fails. Errors come at even distances, so that no batch is hit five times in a row by bad
    ///   luck and every record arrives, but for those whose cookie begins with `refuse-`.
    public static var demonstration: SimulatedFaults {
        SimulatedFaults(latency: 450, jitter: 300, errorRate: 0.125, rateLimit: 4, retryAfter: 1)
    }
}
