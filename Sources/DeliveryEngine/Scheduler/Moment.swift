import DeliveryModel

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
