import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Does a request with an idempotency key once. Every later one gets the final answer again, or, while there is none,
/// how things stand.
final class IdempotentAnswers: Sendable {
    private struct Pending {
        var digest: RequestDigest
        var waiters: [UUID: CheckedContinuation<Void, Never>] = [:]
    }

    /// What a request with a key is about, and how to answer it.
    struct Work {
        var key: String
        var digest: RequestDigest
        /// Whether it counts as waiting for a record or for a file.
        var waitKind: ConnectionBook.WaitKind
        /// How long the client wants to wait.
        var limit: Duration
        /// Does the request, and has the key claimed in the commit that makes it durable.
        var perform: (KeyClaim) async throws -> ListenerResponse
        /// Answers for a run that an earlier request became, and the outcome of its record.
        var recall: (RunID, SubmissionOutcome?) async throws -> ListenerResponse
        /// Gives the final answer again from what was kept of it.
        var `repeat`: (StoredAnswer) throws -> ListenerResponse

        var claim: KeyClaim { KeyClaim(key: key, digest: digest.bytes) }
    }

    private let store: any IdempotencyStore
    private let registry: ConnectionRegistry
    private let pending = Mutex<[String: Pending]>([:])

    init(store: any IdempotencyStore, registry: ConnectionRegistry) {
        self.store = store
        self.registry = registry
    }

    /// - Throws: `Refusal` with 422 when the key was used for another request.
    func answer(_ work: Work, connection: ListenerConnection) async throws -> ListenerResponse {
        let deadline = ContinuousClock.now + work.limit
        let key = work.key
        while !(try begin(key, work.digest)) {
            let left = deadline - .now
            var isOver: Void?
            if left > .zero, registry.beginWaiting(connection.number, for: work.waitKind) {
                isOver = try await connection.wait(atMost: left) { await self.end(of: key) }
            }
            if isOver == nil { return try await present(work) }
        }
        defer { finish(work.key) }
        let stored = try await findSettled(work, until: deadline, connection)
        if let known = try await known(work, stored) { return known }
        return await keep(try await work.perform(work.claim), work)
    }

    /// How things stand while another request with the key is being done.
    private func present(_ work: Work) async throws -> ListenerResponse {
        let stored = try await store.find(work.key)
        if let stored, stored.answer == nil, stored.outcome == nil, let run = stored.run {
            // Nobody waits any longer.
            return .pending(run)
        }
        if let known = try await known(work, stored) { return known }
        throw Refusal.unavailable("The first request with this key is still being stored.")
    }

    /// What became of a key, after the outcome of a record that an earlier request made durable was waited for. Nothing
    /// announces it: whoever submitted the record may have been another process.
    private func findSettled(
        _ work: Work, until deadline: ContinuousClock.Instant, _ connection: ListenerConnection
    ) async throws -> StoredKey? {
        var stored = try await store.find(work.key)
        var pause = Duration.milliseconds(50)
        while stored?.outcome == .pending, stored?.answer == nil, stored?.digest == work.digest,
            .now + pause <= deadline, registry.beginWaiting(connection.number, for: work.waitKind)
        {
            let time = pause
            let isInterested = try await connection.wait(atMost: .seconds(3600)) {
                try? await Task.sleep(for: time)
                return true
            }
            guard isInterested == true else { break }
            pause = min(pause * 2, .seconds(1))
            stored = try await store.find(work.key)
        }
        return stored
    }

    /// The answer to a key that is taken.
    private func known(_ work: Work, _ stored: StoredKey?) async throws -> ListenerResponse? {
        guard let stored else { return nil }
        guard stored.digest == work.digest else { throw Refusal.keyReused }
        if let answer = stored.answer { return Self.replayed(try work.repeat(answer)) }
        guard let run = stored.run else { return nil }
        let answer = try await work.recall(run, stored.outcome)
        if let outcome = stored.outcome { return outcome == .pending ? answer : Self.replayed(answer) }
        return await keep(answer, work)
    }

    private static func replayed(_ answer: ListenerResponse) -> ListenerResponse {
        var again = answer
        again.headers.replaceOrAdd(name: "Idempotent-Replayed", value: "true")
        return again
    }

    /// A final answer completes the key. What is accepted is answered so even if its answer can't be kept: a repeated
    /// request finds the run.
    private func keep(_ answer: ListenerResponse, _ work: Work) async -> ListenerResponse {
        guard let kept = answer.kept else { return answer }
        try? await store.keep(
            work.claim, StoredAnswer(status: Int(answer.status.code), body: kept, run: answer.run))
        return answer
    }

    /// - Returns: whether the caller may continue; otherwise another request with the key is being done.
    private func begin(_ key: String, _ digest: RequestDigest) throws(Refusal) -> Bool {
        let other = pending.withLock { pending -> RequestDigest? in
            if let other = pending[key] { return other.digest }
            pending[key] = Pending(digest: digest)
            return nil
        }
        guard let other else { return true }
        guard other == digest else { throw .keyReused }
        return false
    }

    private func finish(_ key: String) {
        let done = pending.withLock { $0.removeValue(forKey: key) }
        for waiter in done?.waiters.values ?? [:].values { waiter.resume() }
    }

    /// Waits until no request with the key is being done, or the task is canceled.
    private func end(of key: String) async {
        let id = UUID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = pending.withLock { pending in
                    guard pending[key] != nil, !Task.isCancelled else { return true }
                    pending[key]?.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            pending.withLock { $0[key]?.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}

extension Refusal {
    fileprivate static let keyReused = Refusal(
        .unprocessableEntity, "This Idempotency-Key was used for a different request.")
}
