#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Synchronization

@testable import SharedJournal

/// An engine that always has something to send and keeps as many requests in flight as it may.
final class BusyEngine: NodeWork {
    struct State {
        var share = NodeShare.none
        var limits = ClusterLimits()
        var pauses: [Duration] = []
        var learnedRate: Double?
        var isBusy = true
        var losses = 0
        var fault: String?
        /// What it gives up when it is asked to, and what it has given up.
        var toYield: [RunID] = []
        var yielded: [RunID] = []
        var obeyed: [String] = []
    }

    let state = Mutex(State())

    var share: NodeShare { state.withLock { $0.share } }
    var inFlight: Int { share.concurrency }
    func requestsInFlight() async -> Int { inFlight }
    var isBusy: Bool { state.withLock { $0.isBusy } }
    var apiAddress: String? { "https://ads.test" }
    func limits() async -> ClusterLimits { state.withLock { $0.limits } }

    func use(_ share: NodeShare, of limits: ClusterLimits) async {
        state.withLock {
            $0.share = share
            $0.limits = limits
        }
    }

    func throttle(for duration: Duration) async { state.withLock { $0.pauses.append(duration) } }
    var learned: Double? { state.withLock { $0.learnedRate } }
    func learnedRate() async -> Double? { learned }

    func apply(_ change: LearnedRates.Change) async {
        state.withLock {
            switch change {
            case .begin(let rate): $0.learnedRate = rate
            case .scale(let factor): $0.learnedRate? *= factor
            }
        }
    }

    func showAbsence() async {}
    func refreshSentToday() async {}
    func binding() async -> RunBinding? { nil }
    func canRead(_ source: LocatedSource) -> Bool { true }
    var fault: String? { state.withLock { $0.fault } }
    func yieldRuns(because reason: String) async { state.withLock { ($0.yielded, $0.toYield) = ($0.toYield, []) } }
    func yieldedRuns() async -> [RunID] { state.withLock { $0.yielded } }
    func gaveAway(_ runs: [RunID]) async { state.withLock { $0.yielded.removeAll(where: runs.contains) } }

    func obey(_ command: OperatorCommand, _ run: RunID, by asker: Operator) async throws -> String? {
        guard command != .discard else { throw DeliveryError(.conflict, "not this one") }
        state.withLock { $0.obeyed.append("\(command.rawValue) by \(asker.who)") }
        return "done"
    }

    func isActive(_ run: RunID) async -> Bool { true }
    func adopt(_ run: RunID) async throws {}
    func dropRuns(because error: DeliveryError) async { state.withLock { $0.losses += 1 } }
}
#endif
