#if PostgreSQL
import DeliveryModel

/// The limits that a process was started with; `nil` is one that it was not told.
public struct GivenLimits: Hashable, Codable, Sendable {
    public var concurrency: Int?
    public var rate: Int?
    public var dailyLimit: Int?
    /// With its time zone.
    public var window: String?

    public init(concurrency: Int? = nil, rate: Int? = nil, dailyLimit: Int? = nil, window: String? = nil) {
        self.concurrency = concurrency
        self.rate = rate
        self.dailyLimit = dailyLimit
        self.window = window
    }

    /// `--rate 100 here, but the nodes share 50`, for each limit that it was told otherwise.
    func differences(from stored: ClusterLimits) -> [String] {
        let given: [(ClusterLimits.Name, Int?)] = [
            (.concurrency, concurrency), (.rate, rate), (.dailyLimit, dailyLimit),
        ]
        let numbers: [String] = given.compactMap { name, value in
            guard let value, value != stored[name] else { return nil }
            return "--\(name.rawValue) \(value) here, but the nodes share \(stored[name].map(String.init) ?? "none")"
        }
        guard let window, window != stored.window else { return numbers }
        return numbers + ["--window \(window) here, but the nodes share \(stored.window ?? "none")"]
    }
}
#endif
