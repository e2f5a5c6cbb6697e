public import DeliveryModel
import DeliveryStore

/// Commands for runs that another process delivers.
extension Engine {
    /// - Returns: `nil` when the command is for this process.
    func relayed(_ command: OperatorCommand, _ run: RunID) async throws(DeliveryError) -> RelayAnswer? {
        guard !scheduler.isActive(run) else { return nil }
        return try await journal.relay(command, to: run, by: Self.asker)
    }

    /// Does what an operator of another process wants.
    /// - Returns: what there is to say beyond that it was done.
    public func obey(_ command: OperatorCommand, _ run: RunID) async throws(DeliveryError) -> String? {
        switch command {
        case .pause: try await pause(run)
        case .unpause: try await unpause(run)
        case .resume: try await resume(run)
        case .stop: try await stop(run, mode: .finishInFlight)
        case .stopNow: try await stop(run, mode: .now)
        case .passWindow: try await passWindow(run)
        case .discard: return try await discard(run)
        }
        return nil
    }
}
