/// Which batches of a run are settled without a gap.
struct Watermark: Hashable, Sendable {
    /// The first batch that is not settled.
    private(set) var next: Int
    private var settledAhead: Set<Int> = []

    init(next: Int) { self.next = next }

    mutating func settled(_ sequence: Int) {
        guard sequence == next else {
            if sequence > next { settledAhead.insert(sequence) }
            return
        }
        next += 1
        while settledAhead.remove(next) != nil { next += 1 }
    }
}
