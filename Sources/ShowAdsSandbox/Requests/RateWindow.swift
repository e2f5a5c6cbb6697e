/// Counts the requests of the last second.
struct RateWindow {
    typealias Instant = ContinuousClock.Instant

    private var admitted: [Instant] = []

    /// Whether one more request fits in `limit` requests a second; below one a second it is one in a longer time.
    mutating func admits(_ now: Instant, limit: Double) -> Bool {
        let length = Duration.seconds(max(1, 1 / limit))
        let maximum = Int(max(1, limit))
        let live = admitted.firstIndex { now - $0 < length } ?? admitted.endIndex
        admitted.removeSubrange(..<live)
        guard admitted.count < maximum else { return false }
        admitted.append(now)
        return true
    }

    mutating func clear() { admitted = [] }
}
