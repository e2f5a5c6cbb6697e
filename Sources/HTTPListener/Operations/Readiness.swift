import DeliveryModel
import Foundation
import NIOHTTP1

/// Tells whether submissions can be made durable at this moment.
public protocol ReadinessProbe: Sendable {
    /// - Returns: why not; `nil` when they can.
    func intakeFault() async -> IntakeFault?
}

/// Why nothing can be taken.
public enum IntakeFault: Hashable, Sendable {
    /// Less room than is kept free.
    case disk
    case journal

    /// For clients. What exactly is wrong, and where it lies, is for the log.
    var message: String {
        switch self {
        case .disk: "Submissions can't be stored at this moment: the disk is too full."
        case .journal: "Submissions can't be stored at this moment: the journal can't be written."
        }
    }
}

/// The routes that a supervisor asks.
struct HealthRoutes: Sendable {
    let engine: any SnapshotSource
    let probe: any ReadinessProbe
    let phase: ListenerPhase

    private struct State: Encodable {
        var status: String
        var message: String?
    }

    func health() -> ListenerResponse {
        ListenerResponse(.ok, json: #"{"status":"ok"}"#)
    }

    /// Whether submissions can be taken durably. Whether the API takes records at this moment is no matter: holding
    /// them until it does is what this service is for.
    func readiness() async throws -> ListenerResponse {
        switch phase.current {
        case .starting: return try notReady("starting", "The listener is starting.")
        case .stopping: return try notReady("stopping", "The listener is stopping.")
        case .serving: break
        }
        let snapshot = engine.snapshot()
        let fault = await probe.intakeFault() ?? (snapshot.fault == nil ? nil : .journal)
        if let fault { return try notReady("not ready", fault.message) }
        // It isn't known to which API they belong.
        guard snapshot.apiHost != nil else { return try notReady("not ready", Self.missingAPI) }
        return try ListenerResponse(.ok, json: State(status: "ready"))
    }

    /// Whether the ShowAds API takes records.
    func delivery() throws -> ListenerResponse {
        let snapshot = engine.snapshot()
        guard snapshot.fault == nil else { return try notReady("not ready", IntakeFault.journal.message) }
        guard snapshot.apiHost != nil else {
            return try notReady("not ready", Self.missingAPI)
        }
        if let reason = snapshot.deliveryFault ?? snapshot.refusal ?? Self.longPause(snapshot) {
            return try notReady("not ready", reason)
        }
        switch snapshot.breaker {
        case .closed: return try ListenerResponse(.ok, json: State(status: "ready"))
        case .open, .probing: return try notReady("not ready", "The ShowAds API is unavailable.")
        }
    }

    /// A pause that the API asked for, once it is longer than those by which it sets the pace.
    private static func longPause(_ snapshot: EngineSnapshot) -> String? {
        let pause = snapshot.holds.first { $0.run == nil && $0.kind == .throttled }
        guard let pause, let until = pause.until, until.timeIntervalSinceNow > 5 else { return nil }
        return "\(pause.reason), until \(until.formatted(.iso8601))"
    }

    private static let missingAPI = "The ShowAds API's address and key are not set."

    private func notReady(_ status: String, _ reason: String) throws -> ListenerResponse {
        var answer = try ListenerResponse(.serviceUnavailable, json: State(status: status, message: reason))
        answer.headers.add(name: "Retry-After", value: "5")
        return answer
    }
}
