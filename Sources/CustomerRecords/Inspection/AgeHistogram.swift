/// How many records there are of each age, in years.
public struct AgeHistogram: Codable, Hashable, Sendable {
    public static let ages = 0...FieldRules.greatestAge

    /// One bin for each age.
    public private(set) var bins = [Int](repeating: 0, count: Self.ages.count)

    public init() {}

    public var total: Int { bins.reduce(0, +) }

    /// The number of records whose age a filter accepts.
    public func count(for filter: AgeFilter) -> Int {
        let lowest = max(filter.minimum, 0)
        let highest = min(filter.maximum ?? bins.count - 1, bins.count - 1)
        return lowest <= highest ? bins[lowest...highest].reduce(0, +) : 0
    }

    /// - Parameter age: one that the rules allow.
    mutating func add(_ age: Int) { bins[age] += 1 }

    mutating func withBins(_ body: (inout UnsafeMutableBufferPointer<Int>) -> Void) {
        bins.withUnsafeMutableBufferPointer(body)
    }
}
