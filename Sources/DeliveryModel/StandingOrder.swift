/// What an operator wants of a run, over restarts. No service continues such a run by itself.
public enum StandingOrder: String, Hashable, Codable, Sendable {
    case paused
    case stopped
    /// Ended for good.
    case discarded
}
