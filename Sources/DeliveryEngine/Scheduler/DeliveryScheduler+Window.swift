import DeliveryModel
import DeliveryStore
import Foundation

/// Hours in which records may be sent.
extension DeliveryScheduler {
    /// When the send window opens, while it is closed. What is in flight at its end is finished.
    func windowOpens(at moment: Moment) -> Date? {
        guard let window = policy.window else { return nil }
        let known = windowPeriod.flatMap { $0.dates.contains(moment.date) ? $0 : nil }
        let period = known ?? window.period(at: moment.date)
        return period.isOpen ? nil : period.dates.upperBound
    }

    /// Asks the calendar only when the last answer no longer holds.
    mutating func noteWindowPeriod(at moment: Moment) {
        guard let window = policy.window, windowPeriod?.dates.contains(moment.date) != true else { return }
        windowPeriod = window.period(at: moment.date)
    }

    /// Has one run sent although the send window is closed.
    mutating func passWindow(_ id: RunID, at moment: Moment) throws(DeliveryError) {
        guard windowOpens(at: moment) != nil else {
            throw DeliveryError(.conflict, "The send window isn't closed, so run \(id) isn't waiting for it.")
        }
        guard case .open(let run) = try target(id) else {
            throw DeliveryError(.conflict, "Run \(id) has not started yet. Try again when it has.")
        }
        guard !run.machine.isEnding else {
            throw DeliveryError(.conflict, "Run \(id) is ending. Resume it first.")
        }
        run.passesWindow = true
        run.statistics.add(.warning, "sending outside the send window at an operator's request", at: moment.date)
        tell(id, shownHoldPastWindow.map { held($0, at: moment) } ?? .released, at: moment)
        recordState(of: run)
        act(.publish)
        pump(at: moment)
    }

    /// Other hours and another limit from here on, for open runs, too.
    mutating func setSchedule(window: SendWindow?, dailyLimit: Int?, at moment: Moment) {
        keepSchedule(window: window, dailyLimit: dailyLimit, at: moment)
        act(.publish)
        pump(at: moment)
    }

    mutating func keepSchedule(window: SendWindow?, dailyLimit: Int?, at moment: Moment) {
        let isOtherWindow = window != policy.window
        policy.window = window
        windowPeriod = nil
        policy.dailyLimit = dailyLimit
        let limit = DailyLimit(maximum: dailyLimit, zone: window?.zone)
        daily = daily?.changed(to: limit) ?? limit
        if isOtherWindow {
            // A run was sent outside of other hours than these.
            for id in roundRobin {
                guard let run = runs[id], run.passesWindow, !run.machine.isEnding else { continue }
                run.passesWindow = false
                tell(id, shownHold.map { held($0, at: moment) } ?? .released, at: moment)
            }
        }
    }

    /// When to ask again whether the window is open: at its time, and before, since clocks are set.
    func windowDue(at moment: Moment) -> Instant? {
        windowOpens(at: moment).map { min(moment.instant(of: $0), moment.instant + .seconds(30)) }
    }

    /// `waiting for the send window to open at 08:00 Prague time`.
    func windowReason(opens: Date, at date: Date) -> String {
        "waiting for the send window to open at \(policy.window?.words(for: opens, at: date) ?? "")"
    }
}
