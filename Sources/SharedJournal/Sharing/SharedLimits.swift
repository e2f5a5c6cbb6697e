import DeliveryModel

/// What is stored of the limits of all nodes, as one node has read it.
struct SharedLimits: Hashable, Sendable {
    /// Grows with each change: who has read an older one may not write.
    var version: Int64 = 0
    /// Empty until the first node that delivers has stored its own.
    var shares: [ClusterLimits.Name: LimitShares] = [:]
    /// The hours in which all nodes send; `nil` when nobody has stored whether there are any.
    var window: Hours?

    /// A send window, or that there is none.
    struct Hours: Hashable, Sendable {
        var text: String?
    }

    /// Those that are divided among the nodes; the others are counted.
    static let divided: [ClusterLimits.Name] = [.concurrency, .rate]

    /// `nil` before the first node has stored its own.
    var limits: ClusterLimits? {
        get {
            guard let concurrency = shares[.concurrency]?.limit else { return nil }
            return ClusterLimits(
                concurrency: concurrency, rate: shares[.rate]?.limit, dailyLimit: shares[.dailyLimit]?.limit,
                window: window?.text)
        }
        set {
            for name in ClusterLimits.Name.allCases {
                shares[name, default: LimitShares(limit: nil)].limit = newValue?[name]
            }
            window = Hours(text: newValue?.window)
        }
    }

    /// What a node may use.
    func share(of node: String) -> NodeShare {
        guard let places = shares[.concurrency]?[node]?.granted, let rate = shares[.rate]?[node]?.granted else {
            return .none
        }
        // Without a record a second nothing leaves.
        return NodeShare(
            concurrency: rate > 0 ? min(places, PacingLimits.concurrency.upperBound) : 0,
            rate: rate == LimitShares.unlimited ? nil : max(1, rate))
    }
}
