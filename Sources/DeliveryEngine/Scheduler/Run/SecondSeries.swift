import DeliveryModel

/// Counts a second, over the last four minutes.
struct SecondSeries: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Oldest first; the last one is the second that runs.
    private var counts: [Int] = [0]
    private var began: Instant?
    /// Seconds since the beginning of the one that runs.
    private var second = 0
    private var isOver = false
    private static let limit = 240

    mutating func begin(_ now: Instant) { began = now }

    mutating func add(_ count: Int, now: Instant) {
        advance(now)
        counts[counts.count - 1] += count
    }

    mutating func advance(_ now: Instant) {
        guard let began else { return }
        let present = Int((now - began).inSeconds)
        guard present > second else { return }
        counts.append(contentsOf: repeatElement(0, count: min(present - second, Self.limit + 1)))
        second = present
        if counts.count > Self.limit + 1 { counts.removeFirst(counts.count - Self.limit - 1) }
    }

    /// Nothing comes any more: the second that runs counts as it is.
    mutating func end(_ now: Instant) {
        advance(now)
        isOver = true
    }

    /// The seconds that are over.
    var complete: [Int] { isOver && counts.last != 0 ? counts : Array(counts.dropLast()) }

    var peak: Int { complete.max() ?? 0 }

    /// Mean a second over the last `span` seconds and the part of the running one.
    func rate(over span: Int, now: Instant) -> Double {
        guard let began else { return 0 }
        let elapsed = (now - began).inSeconds
        let recent = counts.suffix(span + 1)
        let covered = Double(recent.count - 1) + max(0, elapsed - Double(second))
        return covered > 0.05 ? Double(recent.reduce(0, +)) / covered : 0
    }
}
