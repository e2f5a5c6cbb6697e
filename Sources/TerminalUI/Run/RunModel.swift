import DeliveryModel

/// The screen of the runs that go on, and of one that was opened from the history.
struct RunModel: Sendable {
    /// The run that is shown; `nil` follows the newest.
    var selected: RunID?
    /// A run of the past, which no snapshot holds.
    var opened: RunSummary?
    var eventsTop = 0
}
