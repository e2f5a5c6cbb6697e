/// What all nodes of a shared journal together may use of the API.
public struct ClusterLimits: Hashable, Codable, Sendable {
    /// A limit that is a number, as `nodes set` names it.
    public enum Name: String, Hashable, Codable, CaseIterable, Sendable {
        case concurrency, rate
        case dailyLimit = "daily-limit"
    }

    /// The most requests in flight.
    public var concurrency: Int
    /// Maximum records per second; `nil` means no limit.
    public var rate: Int?
    /// Maximum records per day; `nil` means no limit.
    public var dailyLimit: Int?
    /// When records may be sent, as `SendWindow(argument:)` reads it, with its time zone; `nil` is always.
    public var window: String?

    public init(
        concurrency: Int = PacingLimits.defaultConcurrency, rate: Int? = nil, dailyLimit: Int? = nil,
        window: String? = nil
    ) {
        self.concurrency = concurrency
        self.rate = rate
        self.dailyLimit = dailyLimit
        self.window = window
    }

    /// One limit, and what it becomes.
    public enum Change: Hashable, Sendable {
        case limit(Name, Int?)
        case window(String?)
    }

    public func changed(_ change: Change) -> ClusterLimits {
        var changed = self
        switch change {
        case .limit(let name, let value): changed[name] = value
        case .window(let text): changed.window = text
        }
        return changed
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
    /// Records per second; `nil` means no limit.
    public var rate: Int?

    public init(concurrency: Int, rate: Int?) {
        self.concurrency = concurrency
        self.rate = rate
    }

    /// Before others have made room.
    public static let none = NodeShare(concurrency: 0, rate: nil)
}
