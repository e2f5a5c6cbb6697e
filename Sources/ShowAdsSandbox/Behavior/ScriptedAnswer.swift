/// One answer that a test, or a demonstration, prescribes. A number is a status: `[500, 429, .reset, 200]`.
public enum ScriptedAnswer: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// Answered so without a look at the request; 200 leaves the request to the usual treatment.
    case status(Int)
    /// The records are applied, then the status is answered.
    case applied(thenStatus: Int)
    /// The connection is reset without an answer, nothing applied.
    case reset
    /// The records are applied, then the connection is reset.
    case appliedReset
    /// Never answered.
    case hang
    /// A web page, status 200, nothing applied.
    case webPage
    /// Whatever login asks gets this text, status 200.
    case text(String)

    public init(integerLiteral value: Int) { self = .status(value) }
}
