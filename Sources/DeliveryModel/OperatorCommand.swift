/// What an operator wants of one run, as it is handed to the process that delivers it.
public enum OperatorCommand: String, Hashable, Codable, Sendable {
    case pause, unpause, resume, stop
    /// Without waiting for the requests in flight.
    case stopNow
    case discard
    /// Sent although the send window is closed.
    case passWindow
}
