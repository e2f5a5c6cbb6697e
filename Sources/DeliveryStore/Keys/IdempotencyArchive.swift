public import DeliveryModel

public import struct Foundation.Date

/// A key that a client gave with a request, and what became of it.
public struct IdempotencyRow: Hashable, Sendable {
    /// Of the request that came under the key first: another one under it is refused.
    public var digest: [UInt8]
    /// What the request became; `nil` when it became no run.
    public var run: RunID?
    /// How the single record stands that was accepted under the key.
    public var outcome: SubmissionOutcome?
    /// `nil` while there is no final answer.
    public var status: Int?
    /// The body of that answer.
    public var answer: [UInt8]

    public init(
        digest: [UInt8], run: RunID? = nil, outcome: SubmissionOutcome? = nil, status: Int? = nil, answer: [UInt8] = []
    ) {
        self.digest = digest
        self.run = run
        self.outcome = outcome
        self.status = status
        self.answer = answer
    }
}

/// Keys under which clients repeat a request without repeating what it does. A key is claimed in the commit that makes
/// its submission durable, so no crash can come between; it is kept while its run is open and some time after.
public protocol IdempotencyArchive: Sendable {
    /// What became of a key.
    /// - Parameter oldest: keys whose final answer is older are forgotten.
    func idempotencyKey(_ key: String, keptSince oldest: Date) async throws(DeliveryError) -> IdempotencyRow?
    /// Removes some keys that are forgotten.
    /// - Parameter oldest: keys whose final answer is older are forgotten.
    /// - Returns: whether something is left to be removed.
    func forgetSomeKeys(answeredBefore oldest: Date) async throws(DeliveryError) -> Bool
}
