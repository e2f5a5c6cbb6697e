public import DeliveryModel

/// Why the screen was left. The runs are the caller's to end.
public enum ExitReason: Hashable, Sendable {
    /// The operator left, and said what becomes of the runs that are going.
    case quit(StopMode)
    /// SIGTERM, SIGHUP or SIGQUIT.
    case signal(Int32)
    /// There is no terminal any more.
    case terminalLost
}
