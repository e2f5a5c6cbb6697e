import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

/// The engine as its faces know it.
extension Engine: DeliveryService, SubmissionIntake {
    public nonisolated func snapshot() -> EngineSnapshot { publisher.newest }
    public nonisolated func snapshots() -> AsyncStream<EngineSnapshot> { publisher.stream() }

    public nonisolated func recentRequests() async throws(DeliveryError) -> [RequestTrace] { requestLog.traces }

    // MARK: Failures

    public nonisolated func failures(
        _ query: FailureQuery, offset: Int, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await journal.failures(query, offset: offset, limit: limit)
    }

    public nonisolated func failures(
        _ query: FailureQuery, after record: Int64?, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord] {
        try await journal.failures(query, after: record, limit: limit)
    }

    public nonisolated func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord] {
        try await journal.failures(ids: ids)
    }

    public nonisolated func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64] {
        try await journal.failureOrder(query)
    }

    public nonisolated func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int {
        try await journal.failureCount(query)
    }

    public nonisolated func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets {
        try await journal.failureFacets(query)
    }

    public nonisolated func dismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        let dismissed = try await journal.dismiss(records, at: Date())
        try await note(.dismiss, records: dismissed)
        return dismissed
    }

    public nonisolated func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        let restored = try await journal.undismiss(records)
        try await note(.undismiss, records: restored)
        return restored
    }

    public nonisolated func exportFailures(_ query: FailureQuery, to path: String) async throws(DeliveryError) -> Int {
        let count = try await FailureExport.write(query, of: journal, in: directory, to: path)
        await note(.export(run: query.run, records: count))
        return count
    }

    // MARK: Pacing

    public func setConcurrency(_ maximum: Int) async {
        let old = scheduler.policy.concurrency
        decide { $0.setConcurrency(maximum, at: $1) }
        if scheduler.policy.concurrency != old { await noteIfPossible(.setConcurrency) }
    }

    public func setRate(_ maximum: Int?) async {
        let old = scheduler.policy.rate
        decide { $0.setRate(maximum, at: $1) }
        if scheduler.policy.rate != old { await noteIfPossible(.setRate) }
    }

    public func setSchedule(_ schedule: SendSchedule) async throws(DeliveryError) {
        let window = try schedule.window.map { text throws(DeliveryError) in
            guard let window = SendWindow(argument: text) else {
                throw DeliveryError(.conflict, SendWindow.fault(text))
            }
            return window
        }
        if let limit = schedule.dailyLimit, limit < 1 {
            throw DeliveryError(.conflict, "The daily limit must be at least 1.")
        }
        let old = scheduler.policy
        decide { $0.setSchedule(window: window, dailyLimit: schedule.dailyLimit, at: $1) }
        if window != old.window { await noteIfPossible(.setWindow) }
        if schedule.dailyLimit != old.dailyLimit { await noteIfPossible(.setDailyLimit) }
    }

    // MARK: The API

    public func setAPI(url: String, projectKey: String) async throws(DeliveryError) {
        guard let connect else { throw DeliveryError(.conflict, "The API's address is fixed in this mode.") }
        let key = projectKey.isEmpty ? typedKey : projectKey
        try await use(try connect(url, key))
        typedKey = key
        await noteIfPossible(.setAPI)
    }

    /// Uses the address and key of another profile from here on.
    /// - Parameter connect: how to make another client, for `setAPI`.
    /// - Throws: `conflict` while runs are active.
    public func use(_ new: any BannerAPI, profile: String?, connect: @escaping APIConnector) async throws(DeliveryError)
    {
        try await use(new) { engine in
            engine.profile = profile
            engine.connect = connect
            engine.typedKey = ""
        }
        await noteIfPossible(.setAPI)
    }

    private func use(_ new: any BannerAPI, _ change: (isolated Engine) -> Void = { _ in }) async throws(DeliveryError) {
        do throws(DeliveryError) {
            let pause = try await journal.requestedPause(of: new.address)
            try decide { (scheduler, moment) throws(DeliveryError) in
                try scheduler.setAPI(at: moment)
                scheduler.knowPause(until: pause, at: moment)
            }
        } catch {
            await new.shutdown()
            throw error
        }
        let old = api
        api = new
        change(self)
        publish()
        await old?.shutdown()
    }

    public func testLogin(url: String, projectKey: String) async throws(DeliveryError) -> String {
        guard !url.isEmpty || !projectKey.isEmpty, let connect else {
            guard let api else { throw DeliveryScheduler.missingAPI }
            return try Self.words(await api.logIn(), from: api.host)
        }
        let trial = try connect(url, projectKey.isEmpty ? typedKey : projectKey)
        let answer = await trial.logIn()
        await trial.shutdown()
        return try Self.words(answer, from: trial.host)
    }

    private static func words(_ answer: APIResponse, from host: String) throws(DeliveryError) -> String {
        switch answer.outcome {
        case .applied: return "\(host): login succeeded."
        case .misconfigured(_, let message): throw DeliveryError(.configuration, message)
        case .throttled: throw DeliveryError(.busy, "\(host) is throttling (429). Try again in a minute.")
        case .refused, .tokenRefused, .transient:
            throw DeliveryError(.busy, "\(host): login failed: \(answer.cause ?? answer.label).")
        }
    }

    /// Reads the API's authority, client certificate and key again.
    /// - Throws: `DeliveryError` that names the file; the old ones stay in force then.
    public func reloadCertificates() throws(DeliveryError) { try api?.reloadCertificates() }
}
