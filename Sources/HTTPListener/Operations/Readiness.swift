import DeliveryModel
import NIOHTTP1

/// Tells whether submissions can be made durable at this moment.
public protocol ReadinessProbe: Sendable {
    /// - Returns: why the journal can't be written, in one line; `nil` when it can.
    func journalFault() async -> String?
}

/// The routes that a supervisor asks.
struct HealthRoutes: Sendable {
    let service: any DeliveryService
    let probe: any ReadinessProbe
    let phase: ListenerPhase

    private struct State: Encodable {
        var status: String
        var message: String?
    }

    func health() -> ListenerResponse {
        ListenerResponse(.ok, json: #"{"status":"ok"}"#)
    }

    /// Whether submissions can be taken durably. Whether the ads API takes records at this moment is no matter: holding
    /// them until it does is what this service is for.
    func readiness() async throws -> ListenerResponse {
        switch phase.current {
        case .starting: return try notReady("starting", "The listener is starting.")
        case .stopping: return try notReady("stopping", "The listener is stopping.")
        case .serving: break
        }
        if await probe.journalFault() != nil || service.snapshot().fault != nil {
            return try notReady("not ready", Self.journalFault)
        }
        return try ListenerResponse(.ok, json: State(status: "ready"))
    }

    /// Whether the ads API takes records.
    func delivery() throws -> ListenerResponse {
        let snapshot = service.snapshot()
        guard snapshot.fault == nil else { return try notReady("not ready", Self.journalFault) }
        guard snapshot.apiHost != nil else {
            return try notReady("not ready", "The ads API's address and key are not set.")
        }
        if let reason = snapshot.deliveryFault { return try notReady("not ready", reason) }
        switch snapshot.breaker {
        case .closed: return try ListenerResponse(.ok, json: State(status: "ready"))
        case .open, .probing: return try notReady("not ready", "The ads API is unavailable.")
        }
    }

    /// What exactly is wrong with it, and where it lies, is for the log.
    private static let journalFault = "Submissions can't be stored at this moment: the journal can't be written."

    private func notReady(_ status: String, _ reason: String) throws -> ListenerResponse {
        var answer = try ListenerResponse(.serviceUnavailable, json: State(status: status, message: reason))
        answer.headers.add(name: "Retry-After", value: "5")
        return answer
    }
}
