/// One answered (or unanswered) request.
public struct APIResponse: Sendable {
    /// Which request decided it.
    public enum Phase: Hashable, Sendable {
        /// The login: the records never left.
        case auth
        case banners
    }

    /// What it means for the records.
    public var outcome: APIOutcome
    /// The status code, or the name of the fault.
    public var label: String
    /// How long the request took.
    public var duration: Duration
    /// Which request the answer is to.
    public var phase: Phase
    /// Whether it was the login of another caller, who gets the same answer; it counts as a request there.
    public var isShared: Bool
    /// Who was asked, host and port.
    public var peer: String
    /// The beginning of what came back, without secrets; `nil` when nothing did.
    public var excerpt: String?

    public init(
        _ outcome: APIOutcome, label: String, duration: Duration, phase: Phase, isShared: Bool = false,
        peer: String = "the API"
    ) {
        self.outcome = outcome
        self.label = label
        self.duration = duration
        self.phase = phase
        self.isShared = isShared
        self.peer = peer
    }

    /// What kept the records from being applied, and who did it, in words that continue a sentence; `nil` when they
    /// were applied.
    public var cause: String? {
        switch outcome {
        case .applied: nil
        case .refused(let status, let answer):
            "\(peer) refused the records (\(status))" + (answer.isEmpty ? "" : ": \(answer)")
        case .tokenRefused: "\(peer) refused the token (401)"
        case .throttled: "\(peer) is throttling (429)"
        case .misconfigured(_, let message): message
        case .transient(let fault, _) where phase == .auth && fault.isAPIError: "\(fault) to the login"
        case .transient(let fault, _): fault.description
        }
    }
}
