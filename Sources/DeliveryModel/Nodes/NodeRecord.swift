/// A node of a shared journal, as others see it.
public struct NodeRecord: Hashable, Codable, Sendable {
    public enum State: String, Hashable, Codable, Sendable {
        case live
        /// Its heartbeat is older than its lease.
        case silent
        /// It left, or others took over.
        case gone
    }

    public var name: String
    public var id: String
    public var version: String
    public var state: State
    /// Seconds since it last said that it lives, or since it left.
    public var heartbeatAge: Double
    public var runs: Int
    public var inFlight: Int
    public var takeovers: Int
    /// The node that took over from it.
    public var takenOverBy: String?
    /// Records per second that it may send; `nil` means no limit.
    public var rateShare: Int?
    /// Requests that it may have in flight.
    public var places = 0
    /// Why the API takes nothing from it.
    public var fault: String?
    /// Where the limits that it was started with differ from those that hold.
    public var differences: [String] = []

    public init(
        name: String, id: String, version: String, state: State, heartbeatAge: Double, runs: Int = 0,
        inFlight: Int = 0, takeovers: Int = 0, takenOverBy: String? = nil
    ) {
        self.name = name
        self.id = id
        self.version = version
        self.state = state
        self.heartbeatAge = heartbeatAge
        self.runs = runs
        self.inFlight = inFlight
        self.takeovers = takeovers
        self.takenOverBy = takenOverBy
    }
}
