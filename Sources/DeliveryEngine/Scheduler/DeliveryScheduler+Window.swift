import DeliveryModel
import Foundation

/// Hours in which records may be sent.
extension DeliveryScheduler {
    /// When the send window opens, while it is closed. What is in flight at its end is finished.
    func windowOpens(at moment: Moment) -> Date? {
        guard let window = policy.window, !window.isOpen(at: moment.date) else { return nil }
        return window.opens(from: moment.date)
    }

    /// When to ask again whether the window is open: at its time, and before, since clocks are set.
    func windowDue(at moment: Moment) -> Instant? {
        windowOpens(at: moment).map { min(moment.instant(of: $0), moment.instant + .seconds(30)) }
    }

    /// `waiting for the send window, until 08:00 Prague time`.
    func windowReason(opens: Date, at date: Date) -> String {
        "waiting for the send window, until \(policy.window?.words(for: opens, at: date) ?? "")"
    }
}
