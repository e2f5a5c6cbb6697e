/// What all nodes of a shared journal together may use of the API.
public struct ClusterLimits: Hashable, Codable, Sendable {
    /// A limit, as `nodes set` names it.
    public enum Name: String, Hashable, Codable, CaseIterable, Sendable {
        case concurrency, rate
        case dailyLimit = "daily-limit"
    }

    /// The most requests in flight, 1…256.
    public var concurrency: Int
    /// The most records a second; `nil` is no limit.
    public var rate: Int?
    /// The most records a day; `nil` is no limit.
    public var dailyLimit: Int?

    public init(concurrency: Int = 16, rate: Int? = nil, dailyLimit: Int? = nil) {
        self.concurrency = concurrency
        self.rate = rate
        self.dailyLimit = dailyLimit
    }

    public subscript(_ name: Name) -> Int? {
        get {
            switch name {
            case .concurrency: concurrency
            case .rate: rate
            case .dailyLimit: dailyLimit
            }
        }
        set {
            switch name {
            case .concurrency: concurrency = newValue ?? concurrency
            case .rate: rate = newValue
            case .dailyLimit: dailyLimit = newValue
            }
        }
    }
}

/// What one node may use of it.
public struct NodeShare: Hashable, Sendable {
    /// Requests in flight; none while others have all of them.
    public var concurrency: Int
    /// Records a second; `nil` is no limit.
    public var rate: Int?

    public init(concurrency: Int, rate: Int?) {
        self.concurrency = concurrency
        self.rate = rate
    }

    /// Before others have made room.
    public static let none = NodeShare(concurrency: 0, rate: nil)
}
