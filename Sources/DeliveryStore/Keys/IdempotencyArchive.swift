public import DeliveryModel

public import struct Foundation.Date

/// A key that a client gave with a request, and what became of it.
public struct IdempotencyRow: Hashable, Sendable {
    public var digest: [UInt8]
    public var run: RunID?
    /// `nil` when the request was never answered.
    public var status: Int?
    public var answer: [UInt8]

    public init(digest: [UInt8], run: RunID? = nil, status: Int? = nil, answer: [UInt8] = []) {
        self.digest = digest
        self.run = run
        self.status = status
        self.answer = answer
    }
}

/// Keys under which clients repeat a request without repeating what it does.
public protocol IdempotencyArchive: Sendable {
    /// Keeps a key with what was asked, unless a younger one is kept already.
    /// - Returns: what is kept under the key already; `nil` when it is new.
    func claimIdempotencyKey(
        _ key: String, digest: [UInt8], at time: Date, keptSince oldest: Date
    ) async throws(DeliveryError) -> IdempotencyRow?
    /// What is kept under a key.
    func idempotencyKey(_ key: String) async throws(DeliveryError) -> IdempotencyRow?
    func completeIdempotencyKey(
        _ key: String, status: Int, answer: [UInt8], run: RunID?
    ) async throws(DeliveryError)
    /// Forgets a key, unless its request was accepted.
    func releaseIdempotencyKey(_ key: String) async throws(DeliveryError)
}
