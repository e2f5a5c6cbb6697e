import Foundation

/// The operator's limit of records a day, and how much of it is used.
///
/// What the API acknowledged on a day of a time zone's calendar counts. How much that was is asked of the journal once,
/// when nothing is in flight that could be counted in both places: at the start, after midnight, and when the clock was
/// set to another day. Until that is known, nothing leaves.
struct DailyLimit: Hashable, Sendable {
    /// What has to be done to know the day's count.
    enum Question: Hashable, Sendable {
        /// It is known, or asked for already, or requests are in flight.
        case none
        case ask(Range<Date>)
    }

    private(set) var maximum: Int
    let zone: TimeZone
    /// The day that is counted, once its count is known.
    private var day: Range<Date>?
    private(set) var sent = 0
    private var asked: Range<Date>?
    /// When a question that failed is asked again.
    private(set) var asksAgain: ContinuousClock.Instant?

    init?(maximum: Int?, zone: TimeZone?) {
        guard let maximum else { return nil }
        self.maximum = maximum
        self.zone = zone ?? .current
    }

    // MARK: The count

    mutating func question(at moment: Moment, isInFlight: Bool) -> Question {
        if isKnown(at: moment.date) || asked != nil || isInFlight { return .none }
        if let asksAgain, asksAgain > moment.instant { return .none }
        let today = calendarDay(of: moment.date)
        asked = today
        asksAgain = nil
        return .ask(today)
    }

    /// - Parameter records: `nil` when the journal could not tell.
    mutating func counted(_ day: Range<Date>, _ records: Int?, now: ContinuousClock.Instant) {
        guard asked == day else { return }
        asked = nil
        guard let records else {
            asksAgain = now + .seconds(1)
            return
        }
        self.day = day
        sent = records
    }

    mutating func acknowledged(_ records: Int, at date: Date) {
        if day?.contains(date) == true { sent += records }
    }

    /// Another limit; what was counted stays known in the same time zone.
    func changed(to other: DailyLimit?) -> DailyLimit? {
        guard let other, other.zone == zone else { return other }
        var changed = self
        changed.maximum = other.maximum
        return changed
    }

    /// The day whose count is known.
    var countedDay: Range<Date>? { day }

    /// Other processes send to the API, too.
    /// - Parameter records: what the journal has of all of them; what this process was told last may not be in it yet.
    mutating func learned(_ records: Int, of day: Range<Date>) {
        if self.day == day { sent = max(sent, records) }
    }

    /// Another API has another count.
    mutating func forget() {
        day = nil
        asked = nil
        asksAgain = nil
        sent = 0
    }

    // MARK: What it allows

    func isKnown(at date: Date) -> Bool { day?.contains(date) == true }

    /// Records that may still be sent; none while the count is not known.
    func left(at date: Date) -> Int { isKnown(at: date) ? max(0, maximum - sent) : 0 }

    /// When the next day begins.
    func ends(at date: Date) -> Date { isKnown(at: date) ? day?.upperBound ?? date : calendarDay(of: date).upperBound }

    // MARK: Days

    private func calendarDay(of date: Date) -> Range<Date> {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let start = calendar.startOfDay(for: date)
        // A day may have 23 or 25 hours.
        let next = calendar.date(byAdding: .day, value: 1, to: start).map { calendar.startOfDay(for: $0) }
        let end = next ?? start.addingTimeInterval(86_400)
        return start..<max(end, start.addingTimeInterval(3600))
    }
}
