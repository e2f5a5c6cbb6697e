import Crypto
public import DeliveryModel

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
public struct StoredKey: Hashable, Sendable {
    public var digest: RequestDigest
    /// The run that the request became.
    public var run: RunID?
    /// How the single record stands that was accepted under the key.
    public var outcome: SubmissionOutcome?
    /// `nil` while there is no final answer.
    public var answer: StoredAnswer?

    public init(
        digest: RequestDigest, run: RunID? = nil, outcome: SubmissionOutcome? = nil, answer: StoredAnswer? = nil
    ) {
        self.digest = digest
        self.run = run
        self.outcome = outcome
        self.answer = answer
    }
}

/// Keeps idempotency keys over restarts: while their run is open, and for 24 hours after the final answer. A key is
/// claimed by whoever makes its submission durable, in the same commit. Methods throw `DeliveryError` with `journal`.
///
/// Within one process the listener lets only one request with a key through at a time, so a store need not guard
/// against claims of the same key at the same time.
public protocol IdempotencyStore: Sendable {
    /// What became of a key; `nil` when it is free. Changes nothing.
    func find(_ key: String) async throws -> StoredKey?
    /// Keeps the final answer to what was asked under a key; returns when it is durable.
    func keep(_ claim: KeyClaim, _ answer: StoredAnswer) async throws
}
