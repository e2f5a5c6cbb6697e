import DeliveryModel

/// A command's attempt to have the state directory for itself. A process that has just begun to use it can be asked for
/// everything a moment later.
struct DirectoryTurn: Sendable {
    private let deadline = ContinuousClock.now + .seconds(5)
    private static let pause = Duration.milliseconds(50)

    /// - Returns: `nil` when another process is using the directory, which is to be asked next.
    func open<Value>(_ open: () async throws -> Value) async throws -> Value? {
        do {
            return try await open()
        } catch let error as DeliveryError where error.code == .locked && ContinuousClock.now < deadline {
            try await Task.sleep(for: Self.pause)
            return nil
        }
    }
}
