import Crypto
public import DeliveryModel

public import struct Foundation.Date

/// What was asked, in 32 bytes: two requests with equal digests ask for the same.
public struct RequestDigest: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ digest: SHA256.Digest) {
        bytes = Array(digest)
    }

    func combined(with text: String) -> RequestDigest {
        var digest = SHA256()
        digest.update(data: bytes)
        digest.update(data: Array(text.utf8))
        return RequestDigest(digest.finalize())
    }
}

/// What is kept of a final answer, to give it again. It holds no field of a record: the request that repeats it does.
public struct StoredAnswer: Hashable, Sendable {
    public var status: Int
    /// JSON.
    public var body: [UInt8]
    /// The run that the request became.
    public var run: RunID?

    public init(status: Int, body: [UInt8], run: RunID?) {
        self.status = status
        self.body = body
        self.run = run
    }
}

/// What became of an idempotency key.
public enum IdempotencyClaim: Hashable, Sendable {
    /// The key is new; the request shall be done.
    case granted
    /// The first request with this key has no final answer yet. It became this run, if any.
    case unanswered(run: RunID?)
    /// The final answer.
    case answered(StoredAnswer)
    /// The first request with this key asked for something else.
    case mismatch
}

/// Keeps idempotency keys for 24 hours, over restarts. Every method returns when what it did is durable, and throws
/// `DeliveryError` with `journal` when it can't be. Which run a key led to is noted by whoever makes the run durable, in
/// the same commit.
///
/// Within one process the listener lets only one request with a key through at a time, so a store need not guard
/// against claims of the same key at the same time.
public protocol IdempotencyStore: Sendable {
    /// Takes the key if it is unknown, was released, or is older than 24 hours; otherwise tells what became of it.
    func claim(_ key: String, digest: RequestDigest, at time: Date) async throws -> IdempotencyClaim
    /// What became of a key that was claimed; `granted` when it is unknown. Changes nothing.
    func find(_ key: String) async throws -> IdempotencyClaim
    /// Keeps the final answer.
    func complete(_ key: String, with answer: StoredAnswer) async throws
    /// Gives the key up, unless its request became a run: it was refused and may be made again.
    func release(_ key: String) async throws
}
