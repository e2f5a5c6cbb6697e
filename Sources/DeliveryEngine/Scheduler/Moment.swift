import struct Foundation.Date

/// One moment by both clocks: the one that counts and the one that people read.
struct Moment: Sendable {
    var instant: ContinuousClock.Instant
    var date: Date

    /// What the wall clock shows at another moment.
    func date(of other: ContinuousClock.Instant) -> Date { date.addingTimeInterval((other - instant).inSeconds) }

    /// When the wall clock shows a date.
    func instant(of other: Date) -> ContinuousClock.Instant {
        instant + .seconds(other.timeIntervalSince(date))
    }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
