/// One answered (or unanswered) request.
public struct Answer: Sendable {
    /// Which request decided it.
    public enum Phase: Hashable, Sendable {
        /// The login: the records never left.
        case auth
        case banners
    }

    public var outcome: Outcome
    /// The status code, or the name of the fault.
    public var label: String
    /// How long the request took.
    public var duration: Duration
    public var phase: Phase
    /// Whether it was the login of another caller, who gets the same answer; it counts as a request there.
    public var isShared: Bool

    public init(_ outcome: Outcome, label: String, duration: Duration, phase: Phase, isShared: Bool = false) {
        self.outcome = outcome
        self.label = label
        self.duration = duration
        self.phase = phase
        self.isShared = isShared
    }
}
