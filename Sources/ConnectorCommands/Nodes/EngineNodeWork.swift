#if PostgreSQL
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import SharedJournal
import ShowAdsAPI

/// The engine as the node beside it uses it.
struct EngineNodeWork: NodeWork {
    let engine: Engine

    var inFlight: Int { engine.snapshot().inFlight }
    func requestsInFlight() async -> Int { await engine.requestsInFlight }
    var apiAddress: String? { engine.snapshot().apiAddress }

    var isBusy: Bool {
        let snapshot = engine.snapshot()
        return snapshot.inFlight > 0 || snapshot.isDelivering
    }

    func limits() async -> ClusterLimits { await engine.limits }
    func use(_ share: NodeShare, of limits: ClusterLimits) async { await engine.use(share, of: limits) }
    func throttle(for duration: Duration) async { await engine.throttle(for: duration) }
    func learnedRate() async -> Double? { await engine.learnedRate }

    func apply(_ change: LearnedRates.Change) async {
        switch change {
        case .begin(let rate): await engine.adoptRate(rate)
        case .scale(let factor): await engine.scaleRate(by: factor)
        }
    }

    func refreshSentToday() async { await engine.refreshSentToday() }
    func showAbsence() async { await engine.showAbsence() }

    func binding() async -> RunBinding? {
        let snapshot = engine.snapshot()
        guard let api = snapshot.apiAddress, snapshot.fault == nil, snapshot.deliveryFault == nil else { return nil }
        return RunBinding(api: api, profile: snapshot.profile)
    }

    var fault: String? {
        engine.snapshot().holds.first { $0.run == nil && $0.kind == .misconfigured }?.reason
    }

    func yieldRuns(because reason: String) async { await engine.yieldRuns(because: reason) }
    func yieldedRuns() async -> [RunID] { await engine.yieldedRuns }
    func gaveAway(_ runs: [RunID]) async { await engine.gaveAway(runs) }

    func canRead(_ source: LocatedSource) -> Bool { engine.canRead(source) }

    func obey(_ command: OperatorCommand, _ run: RunID, by asker: Operator) async throws -> String? {
        try await Operator.$current.withValue(asker) { try await engine.obey(command, run) }
    }

    func isActive(_ run: RunID) async -> Bool { await engine.isActive(run) }
    func adopt(_ run: RunID) async throws { try await engine.adopt(run) }
    func dropRuns(because error: DeliveryError) async { await engine.dropRuns(because: error) }
}

/// Lets a request leave only while no other node can have taken over: what was taken over is sent by others.
struct LeasedAPI: BannerAPI {
    private let base: any BannerAPI
    private let journal: PostgresJournal

    init(_ base: any BannerAPI, _ journal: PostgresJournal) {
        self.base = base
        self.journal = journal
    }

    var host: String { base.host }
    var address: String { base.address }

    func send(_ request: BannerRequest) async -> APIResponse {
        guard journal.isFresh else {
            guard await journal.awaitLease() else {
                let fault = APIOutcome.Fault(.cancelled, by: "this node", detail: "its lease ended")
                return APIResponse(
                    .transient(fault, mayHaveBeenApplied: false), label: "lease", duration: .zero, phase: .banners)
            }
            return tellOthers(await base.send(request))
        }
        return tellOthers(await base.send(request))
    }

    func logIn() async -> APIResponse { tellOthers(await base.logIn()) }

    /// What the API asks one node for holds for all of them.
    private func tellOthers(_ answer: APIResponse) -> APIResponse {
        if let pause = answer.outcome.retryAfter?.pause, pause > .zero { journal.note(pause: pause, of: address) }
        return answer
    }

    func reloadCertificates() throws(DeliveryError) { try base.reloadCertificates() }
    func shutdown() async { await base.shutdown() }
}
#endif
