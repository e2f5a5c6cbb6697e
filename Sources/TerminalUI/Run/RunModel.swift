import DeliveryModel

/// The screen of the active runs, and of one that was opened from the history.
struct RunModel: Sendable {
    /// The run that is shown; `nil` follows the newest.
    var selected: RunID? {
        didSet {
            guard selected != oldValue else { return }
            graphBack = 0
            eventsTop = 0
        }
    }
    /// A run of the past, which no snapshot holds.
    var opened: RunSummary?
    /// How fast runs of the past went.
    var graphs: [RunID: RunGraph] = [:]
    /// Points of its graph that were scrolled away, from the newest on.
    var graphBack = 0
    var eventsTop = 0
    /// Whether the requests in flight take the place of the events, where there is no room for both.
    var showsRequests = false
    /// Records that a dry run had counted before the run was started.
    var counted: [RunID: Int] = [:]
    /// Runs that were told to stop and have not ended yet.
    var stopping: Set<RunID> = []
}
