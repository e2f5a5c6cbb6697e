/// What an answer, or its absence, means for the records of a request.
public enum Outcome: Hashable, Sendable {
    /// 2xx.
    case applied
    /// 400, 413, 422: the records, or some of them, are not wanted. `answer` is the beginning of the body, made
    /// printable.
    case refused(status: Int, answer: String)
    /// 401: nothing was applied; sending again logs in anew.
    case tokenRefused
    /// 429: nothing was applied.
    case throttled(retryAfter: Duration?)
    /// An answer that sending again can't mend: another 4xx, a redirect, a refused key. The message is one line.
    case misconfigured(status: Int, message: String)
    /// A fault that may pass.
    case transient(Fault, mayHaveBeenApplied: Bool)

    /// A fault of the API or on the way to it.
    public enum Fault: Hashable, Sendable {
        case status(Int)
        case timeout
        /// The connection ended, or brought something that is no HTTP.
        case reset
        case connect
        case dns
        case tls
        /// A login was answered without a usable token.
        case noToken
        /// The request was given up by us.
        case cancelled

        /// A short name for counts.
        public var label: String {
            switch self {
            case .status(let code): String(code)
            case .timeout: "timeout"
            case .reset: "reset"
            case .connect: "connect"
            case .dns: "dns"
            case .tls: "tls"
            case .noToken: "no_token"
            case .cancelled: "cancelled"
            }
        }
    }
}
