/// How long answers took, counted by upper bounds. It only grows, and is as large with a million answers as with one.
public struct LatencyHistogram: Hashable, Codable, Sendable {
    /// Upper bounds, in seconds.
    public static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    /// Answers in each bucket, not summed up; one more than there are bounds.
    public private(set) var buckets = [Int](repeating: 0, count: Self.bounds.count + 1)
    /// Seconds of all answers together.
    public private(set) var sum = 0.0

    public init() {}

    public var count: Int { buckets.reduce(0, +) }

    public mutating func add(seconds: Double) {
        buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
    }
}
