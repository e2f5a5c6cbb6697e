import DeliveryModel

/// Counts events in hundredths of a second over the last two seconds.
struct RateMeter: Sendable {
    typealias Instant = ContinuousClock.Instant

    private var origin: Instant?
    private var counts = [Int](repeating: 0, count: Self.slots)
    /// Number of the newest slot since `origin`.
    private var newest = 0
    private static let slots = 256
    private static let slotsPerSecond = 100

    mutating func add(now: Instant) {
        if origin == nil { origin = now }
        let slot = slot(now)
        if slot > newest {
            for stale in (newest + 1)...max(newest + 1, min(slot, newest + Self.slots)) {
                counts[stale % Self.slots] = 0
            }
            newest = slot
        }
        counts[newest % Self.slots] += 1
    }

    /// Events in the second before `now`, which may lie a little in the past.
    func rate(now: Instant) -> Double {
        let present = slot(now)
        let oldest = max(present - Self.slotsPerSecond + 1, newest - Self.slots + 1, 0)
        let last = min(present, newest)
        guard oldest <= last else { return 0 }
        return Double((oldest...last).reduce(0) { $0 + counts[$1 % Self.slots] })
    }

    private func slot(_ now: Instant) -> Int {
        origin.map { max(0, Int((now - $0).inSeconds * Double(Self.slotsPerSecond))) } ?? 0
    }
}
