/// Keeps to the operator's records a second: after a batch leaves, the next waits until its share of time is over.
struct RecordRateLimit: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Records per second; `nil` means no limit.
    var maximum: Int? {
        didSet { if maximum != oldValue { next = nil } }
    }
    private var next: Instant?

    init(maximum: Int?) { self.maximum = maximum }

    /// Takes another limit without forgetting what has just left: otherwise each change would let a batch leave.
    mutating func change(to new: Int?, now: Instant) {
        guard new != maximum else { return }
        let wait = next.map { max(.zero, $0 - now) }
        let old = maximum
        maximum = new
        guard let wait, let old, let new else { return }
        next = now + wait * (Double(old) / Double(max(1, new)))
    }

    /// When the next batch may leave; `nil` is immediately.
    var opens: Instant? { next }

    mutating func sent(records: Int, now: Instant) {
        guard let maximum else { return }
        next = max(next ?? now, now) + .seconds(Double(records) / Double(maximum))
    }
}
