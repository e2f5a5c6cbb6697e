/// Says a lasting fault once, then once a minute.
struct FaultVoice: Sendable {
    private var said: [String: ContinuousClock.Instant] = [:]
    private static let interval: Duration = .seconds(60)

    /// Whether it is time to say it.
    mutating func speaks(of fault: String, at now: ContinuousClock.Instant) -> Bool {
        if let last = said[fault], now - last < Self.interval { return false }
        // Faults that are over are forgotten with time.
        if said.count > 1000 { said = said.filter { now - $0.value < Self.interval } }
        said[fault] = now
        return true
    }
}
