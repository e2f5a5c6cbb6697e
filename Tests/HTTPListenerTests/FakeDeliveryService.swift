import CustomerRecords
import DeliveryModel
import Foundation
import HTTPListener
import Synchronization

/// An engine that delivers immediately, or as a test tells it to, and remembers what it was given.
final class FakeDeliveryService: SnapshotSource, RunControl, RunLookup, FailureList, SubmissionIntake {
    struct State {
        var runs: [RunID: RunSummary] = [:]
        var started: [RunRequest] = []
        /// What the spooled files held when their runs began.
        var contents: [String] = []
        /// And who could read them.
        var modes: [Int] = []
        var submitted: [RecordFields] = []
        var origins: [SubmissionOrigin] = []
        var discarded: [RunID] = []
        /// The run that waits for the send window.
        var waiting: RunID?
        /// Who asked for runs to be started, retried or discarded.
        var askers: [Operator?] = []
        var queries: [RunQuery] = []
        var retried: [(run: RunID, submittedBy: String?)] = []
        var failures: [FailedRecord] = []
        var snapshot = EngineSnapshot(apiHost: "api")
        var nextRun: Int64 = 1
    }

    let state = Mutex(State())
    /// Claimed as submissions become durable.
    let keys = MemoryIdempotencyStore()
    /// What happens to the next submission.
    let outcome: @Sendable (RecordFields) async -> SubmissionOutcome
    /// What `start` throws.
    let startFault: DeliveryError?
    /// What `submit` throws.
    let submitFault: DeliveryError?
    /// Runs end only when this returns.
    let untilFinished: @Sendable (RunID) async -> Void
    /// Whether submissions are remembered.
    let remembers: Bool

    init(
        startFault: DeliveryError? = nil, submitFault: DeliveryError? = nil, remembers: Bool = true,
        untilFinished: @escaping @Sendable (RunID) async -> Void = { _ in },
        outcome: @escaping @Sendable (RecordFields) async -> SubmissionOutcome = { _ in .sent }
    ) {
        self.startFault = startFault
        self.submitFault = submitFault
        self.remembers = remembers
        self.untilFinished = untilFinished
        self.outcome = outcome
    }

    func snapshot() -> EngineSnapshot { state.withLock { $0.snapshot } }

    func snapshots() -> AsyncStream<EngineSnapshot> { AsyncStream { $0.finish() } }

    func start(_ request: RunRequest) async throws(DeliveryError) -> RunID {
        if let startFault { throw startFault }
        guard case .spooled(let path, let source) = request.source else {
            throw DeliveryError(.source, "not spooled")
        }
        let data = remembers ? FileManager.default.contents(atPath: path) : nil
        let text = String(decoding: data ?? Data(), as: UTF8.self)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        unlink(path)
        let lines = text.split(separator: "\n").dropFirst()
        return state.withLock { state in
            let run = RunID(rawValue: state.nextRun)
            state.nextRun += 1
            state.started.append(request)
            state.askers.append(Operator.current)
            state.contents.append(text)
            state.modes.append((attributes?[.posixPermissions] as? Int) ?? 0)
            var summary = RunSummary(id: run, source: source, state: .done, startedAt: Date(timeIntervalSince1970: 0))
            summary.filter = request.options.filter
            for line in lines {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                if fields.count < 4 || fields[0].contains(".") || Int(fields[3]).map({ $0 > 99 }) ?? true {
                    summary.counts.rejected += 1
                } else if Int(fields[1]).map({ !request.options.filter.accepts($0) }) ?? true {
                    summary.counts.filtered += 1
                } else {
                    summary.counts.sent += 1
                }
            }
            state.runs[run] = summary
            keys.claim(request.claim, run: run, outcome: nil)
            return run
        }
    }

    func submit(_ submission: SingleSubmission) async throws(DeliveryError) -> SubmissionReceipt {
        if let submitFault { throw submitFault }
        let fields = submission.fields
        let run = state.withLock { state in
            let run = RunID(rawValue: state.nextRun)
            state.nextRun += 1
            if remembers {
                state.submitted.append(fields)
                state.origins.append(submission.origin)
                state.runs[run] = RunSummary(
                    id: run, source: .submissions, state: .done, counts: RunCounts(sent: 1),
                    startedAt: Date(timeIntervalSince1970: 0))
            }
            return run
        }
        let outcome = outcome
        keys.claim(submission.claim, run: run, outcome: .pending)
        let ticket = SubmissionTicket()
        Task { [keys] in
            let outcome = await outcome(fields)
            keys.claim(submission.claim, run: run, outcome: outcome)
            ticket.settle(outcome)
        }
        return SubmissionReceipt(run: run, ticket: ticket)
    }

    func finished(_ run: RunID) async throws(DeliveryError) -> RunSummary {
        await untilFinished(run)
        guard let summary = try await self.run(run) else { throw DeliveryError(.notFound, "no run \(run)") }
        return summary
    }

    func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary] {
        let all = state.withLock { state in
            state.queries.append(query)
            return state.runs.values.sorted { $0.id > $1.id }
        }
        return Array(all.filter { (before == nil || $0.id < before!) && query.matches($0) }.prefix(limit))
    }

    func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? { state.withLock { $0.runs[id] } }

    func retry(
        _ run: RunID, _ selection: FailureSelection, claim: KeyClaim?, submittedBy: String?
    ) async throws(DeliveryError) -> RunID {
        try state.withLock { state throws(DeliveryError) in
            guard state.failures.contains(where: { $0.run == run }) else {
                throw DeliveryError(.conflict, "Run \(run) has no failed records.")
            }
            state.retried.append((run, submittedBy))
            state.askers.append(Operator.current)
        }
        keys.claim(claim, run: RunID(rawValue: 99), outcome: nil)
        return RunID(rawValue: 99)
    }

    func passWindow(_ run: RunID) async throws(DeliveryError) {
        try state.withLock { state throws(DeliveryError) in
            guard state.waiting == run else { throw DeliveryError(.conflict, "No send window is closed now.") }
            state.waiting = nil
            state.askers.append(Operator.current)
        }
    }

    func discard(_ run: RunID) async throws(DeliveryError) -> String? {
        state.withLock {
            $0.discarded.append(run)
            $0.askers.append(Operator.current)
        }
        return nil
    }

    func failures(_ query: FailureQuery, after record: Int64?, limit: Int) async throws(DeliveryError) -> [FailedRecord]
    {
        state.withLock { state in
            let all = state.failures.filter { $0.run == query.run }
            let start = all.firstIndex { $0.id == record }.map { $0 + 1 } ?? 0
            return Array(all.dropFirst(start).prefix(limit))
        }
    }

    func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int { state.withLock { $0.failures.count } }

    func pause(_ run: RunID) async throws(DeliveryError) {}
    func unpause(_ run: RunID) async throws(DeliveryError) {}
    func stop(_ run: RunID, mode: StopMode) async throws(DeliveryError) {}
    func resume(_ run: RunID) async throws(DeliveryError) {}
}

/// Keys in memory, as the journal keeps them on disk.
final class MemoryIdempotencyStore: IdempotencyStore {
    private let entries = Mutex<[String: StoredKey]>([:])

    var answers: [StoredAnswer] { entries.withLock { $0.values.compactMap(\.answer) } }

    func claim(_ claim: KeyClaim?, run: RunID, outcome: SubmissionOutcome?) {
        guard let claim else { return }
        entries.withLock {
            $0[claim.key] = StoredKey(digest: RequestDigest(bytes: claim.digest), run: run, outcome: outcome)
        }
    }

    func find(_ key: String) async throws -> StoredKey? { entries.withLock { $0[key] } }

    func keep(_ claim: KeyClaim, _ answer: StoredAnswer) async throws {
        entries.withLock {
            $0[claim.key] = StoredKey(digest: RequestDigest(bytes: claim.digest), run: answer.run, answer: answer)
        }
    }

    /// As after a crash between a run's beginning and the answer to its client.
    func forgetAnswers() {
        entries.withLock { entries in
            for key in entries.keys { entries[key]?.answer = nil }
        }
    }
}

struct FakeReadiness: ReadinessProbe {
    var fault: IntakeFault?
    func intakeFault() async -> IntakeFault? { fault }
}

struct FakeTotals: DeliveryTotalsSource {
    let service: FakeDeliveryService
    func totals() async -> DeliveryTotals { DeliveryTotals(service.snapshot()) }
}
