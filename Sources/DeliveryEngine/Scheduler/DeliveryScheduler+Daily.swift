import DeliveryModel
import Foundation

/// The operator's limit of records a day.
extension DeliveryScheduler {
    /// Asks how many records were sent today, when that is not known and there is something to send.
    mutating func askForCount(at moment: Moment) {
        guard daily != nil, hasAPI, journalFault == nil, !roundRobin.isEmpty else { return }
        if case .ask(let day)? = daily?.question(at: moment, isInFlight: pacing.inFlight > 0) {
            act(.countSent(day))
        }
    }

    mutating func sentCounted(_ day: Range<Date>, _ records: Int?, at moment: Moment) {
        daily?.counted(day, records, now: moment.instant)
    }

    /// Records that may leave now beyond those in flight.
    func roomToday(at moment: Moment) -> Int {
        guard let daily else { return .max }
        let inFlight = units.values.reduce(0) { $0 + ($1.machine.state == .inFlight ? $1.records.count : 0) }
        return max(0, daily.left(at: moment.date) - inFlight)
    }

    /// Records whose intent may be made durable now: what is intended already leaves today, too.
    func roomToIntend(at moment: Moment) -> Int {
        guard let daily else { return .max }
        let intended = units.values.reduce(0) { sum, unit in
            switch unit.machine.state {
            case .planned: return sum
            // It rests with its run, and may rest for long.
            case .ready where runs[unit.run]?.machine.isRunnable != true: return sum
            default: return sum + unit.records.count
            }
        }
        return max(0, daily.left(at: moment.date) - intended)
    }

    /// When records may leave again, when today's limit is reached.
    func dailyLimitEnds(at moment: Moment) -> Date? {
        guard let daily, daily.isKnown(at: moment.date) else { return nil }
        if daily.left(at: moment.date) > 0 {
            // What is left may be too little for what waits, which was intended before and leaves whole.
            guard pacing.inFlight == 0, let smallest = smallestReady, smallest > daily.left(at: moment.date) else {
                return nil
            }
        }
        let midnight = daily.ends(at: moment.date)
        return policy.window?.opens(from: midnight) ?? midnight
    }

    private var smallestReady: Int? {
        roundRobin.compactMap { id -> Int? in
            guard let run = runs[id], run.machine.isRunnable else { return nil }
            return run.ready.compactMap { units[$0]?.records.count }.min()
        }.min()
    }

    /// When to ask again whether the day is over: at its end, and before, since clocks are set.
    func dailyDue(at moment: Moment) -> Instant? {
        guard let daily else { return nil }
        if let again = daily.asksAgain { return again }
        return dailyLimitEnds(at: moment).map { min(moment.instant(of: $0), moment.instant + .seconds(30)) }
    }

    /// `daily limit reached, 50,000 of 50,000, until midnight`.
    func dailyReason(until end: Date, at date: Date) -> String {
        guard let daily else { return "" }
        return "daily limit reached, \(daily.sent.grouped) of \(daily.maximum.grouped), until "
            + (policy.window.map { $0.words(for: end, at: date) } ?? "midnight")
    }
}
