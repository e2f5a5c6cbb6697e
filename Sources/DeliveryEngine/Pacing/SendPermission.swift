/// Whether a request may leave now.
enum SendPermission: Hashable, Sendable {
    case go
    /// Go, as the one request that asks whether the API is back.
    case probe
    /// `nil`: until a request in flight is answered.
    case wait(until: ContinuousClock.Instant?)
}
