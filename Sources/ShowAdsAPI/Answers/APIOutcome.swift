/// What an answer, or its absence, means for the records of a request.
public enum APIOutcome: Hashable, Sendable {
    /// 2xx.
    case applied
    /// 400, 413, 422: the records, or some of them, are not wanted. `answer` is the beginning of the body, made
    /// printable.
    case refused(status: Int, answer: String)
    /// 401: nothing was applied; sending again logs in again.
    case tokenRefused
    /// 429: nothing was applied.
    case throttled(retryAfter: RetryAfter?)
    /// An answer that sending again can't fix: another 4xx, a redirect, a refused key. The message is one line.
    case misconfigured(status: Int, message: String)
    /// A fault that may pass.
    case transient(Fault, mayHaveBeenApplied: Bool)

    /// The fault that may pass, if it is one.
    public var fault: Fault? {
        if case .transient(let fault, _) = self { fault } else { nil }
    }

    /// How long the API asked to be left alone: with a 429 or a 503.
    public var retryAfter: RetryAfter? {
        switch self {
        case .throttled(let retryAfter): retryAfter
        case .transient(let fault, _): fault.retryAfter
        case .applied, .refused, .tokenRefused, .misconfigured: nil
        }
    }
}
