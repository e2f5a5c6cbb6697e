import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Does a request with an idempotency key once, and gives its first answer to every later one.
final class IdempotentAnswers: Sendable {
    private struct Pending {
        var digest: RequestDigest
        var waiters: [UUID: CheckedContinuation<Void, Never>] = [:]
    }

    private let store: any IdempotencyStore
    private let pending = Mutex<[String: Pending]>([:])

    init(store: any IdempotencyStore) {
        self.store = store
    }

    /// - Parameters:
    ///   - recall: answers for a run that an earlier process accepted, and died before it answered.
    ///   - perform: does the request, and has its run noted under the key when it is made durable.
    /// - Throws: `Refusal` with 422 when the key was used for another request.
    func answer(
        key: String, digest: RequestDigest, connection: ListenerConnection,
        recall: (RunID) async throws -> Answer, perform: () async throws -> Answer
    ) async throws -> Answer {
        while !(try begin(key, digest)) {
            let isOver: Void? = try await connection.wait { await self.end(of: key) }
            guard isOver != nil else {
                throw Refusal.unavailable("The first request with this key is not answered yet.")
            }
        }
        defer { finish(key) }

        switch try await store.claim(key, digest: digest, at: Date()) {
        case .mismatch: throw Refusal.keyReused
        case .answered(let answer): return Answer(repeating: answer)
        case .unanswered(let run?):
            return try await recall(run)
        case .granted, .unanswered(run: nil): break
        }
        let answer: Answer
        do {
            answer = try await perform()
        } catch {
            try? await store.release(key)
            throw error
        }
        // An answer that nobody reads is not the first one: whoever asks again is told how its run ended.
        if answer.run != nil, connection.clientHasLeft { return answer }
        // What is accepted is answered so, even if the answer can't be kept: a repeated request finds the run.
        try? await store.complete(
            key,
            with: StoredAnswer(
                status: Int(answer.status.code), body: Array(answer.body.readableBytesView), run: answer.run))
        return answer
    }

    /// - Returns: whether the caller may go on; otherwise another request with the key is being done.
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

    /// Waits until no request with the key is being done, or the task is cancelled.
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

extension Answer {
    fileprivate init(repeating stored: StoredAnswer) {
        self.init(
            HTTPResponseStatus(statusCode: stored.status), type: "application/json",
            body: ByteBuffer(bytes: stored.body), run: stored.run)
        headers.add(name: "Idempotent-Replayed", value: "true")
        if let run = stored.run { headers.add(name: "Location", value: "/runs/\(run)") }
    }
}
