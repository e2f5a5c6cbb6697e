public import DeliveryModel

/// Where commands reach the process that delivers a run, when several share a store.
public protocol CommandRelay: Sendable {
    /// Hands a command over and waits for what came of it.
    /// - Returns: `nil` when no other process has the run: it is for this one to do.
    /// - Throws: what the other process answered, or that it did not.
    func relay(
        _ command: OperatorCommand, to run: RunID, by asker: Operator
    ) async throws(DeliveryError) -> RelayAnswer?
}

/// What another process answered to a command.
public struct RelayAnswer: Hashable, Codable, Sendable {
    /// What it says beyond that it was done.
    public var text: String?
    /// Why it could not be done.
    public var error: DeliveryError?

    public init(text: String? = nil, error: DeliveryError? = nil) {
        self.text = text
        self.error = error
    }
}

extension CommandRelay {
    /// One process has all of a store that others do not share.
    public func relay(
        _ command: OperatorCommand, to run: RunID, by asker: Operator
    ) async throws(DeliveryError) -> RelayAnswer? { nil }
}
