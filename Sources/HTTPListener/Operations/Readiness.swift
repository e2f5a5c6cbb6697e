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

    private struct State: Encodable {
        var status: String
        var message: String?
    }

    func health() throws -> Answer {
        Answer(.ok, json: #"{"status":"ok"}"#)
    }

    func readiness(isStopping: Bool) async throws -> Answer {
        if isStopping { return try notReady("The listener is stopping.") }
        if let fault = await probe.journalFault() { return try notReady(fault) }
        let snapshot = service.snapshot()
        if let fault = snapshot.fault { return try notReady(fault) }
        guard snapshot.apiHost != nil else { return try notReady("The ads API's address and key are not set.") }
        switch snapshot.breaker {
        case .closed: return try Answer(.ok, json: State(status: "ready"))
        case .open, .probing:
            return try notReady("The ads API\(snapshot.apiHost.map { " at \($0)" } ?? "") does not answer.")
        }
    }

    private func notReady(_ reason: String) throws -> Answer {
        var answer = try Answer(.serviceUnavailable, json: State(status: "not ready", message: reason))
        answer.headers.add(name: "Retry-After", value: "5")
        return answer
    }
}
