import DeliveryModel

/// A command's attempts to have the state directory for itself. A process that has just begun to use it can be asked for
/// everything a moment later.
struct DirectoryTurn: Sendable {
    private static let patience = Duration.seconds(5)
    private static let pause = Duration.milliseconds(50)

    /// Since when attempts have failed, one right after the other.
    private var lockedSince: ContinuousClock.Instant?
    private var lastAttempt = ContinuousClock.now

    /// - Returns: `nil` when another process is using the directory, which is to be asked next.
    mutating func open<Value>(_ open: () async throws -> Value) async throws -> Value? {
        let now = ContinuousClock.now
        // The other process was followed in between.
        if now - lastAttempt > Self.patience { lockedSince = nil }
        defer { lastAttempt = .now }
        do {
            return try await open()
        } catch let error as DeliveryError where error.code == .locked {
            let since = lockedSince ?? now
            lockedSince = since
            guard now - since < Self.patience else { throw error }
            try await Task.sleep(for: Self.pause)
            return nil
        }
    }
}
