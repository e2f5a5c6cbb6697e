public import CustomerRecords

/// A client's idempotency key with what was asked under it, to be noted in the commit that makes the submission durable.
public struct KeyClaim: Hashable, Codable, Sendable {
    public var key: String
    /// Two requests with equal digests ask for the same.
    public var digest: [UInt8]

    public init(key: String, digest: [UInt8]) {
        self.key = key
        self.digest = digest
    }
}

/// Whose single records share a run, and by which filter and rules they were let through.
public struct SubmissionOrigin: Hashable, Sendable {
    /// A token's name and a client's address; `nil` is this process's user.
    public var submittedBy: String?
    public var filter: AgeFilter
    public var rules: RecordRules

    public init(submittedBy: String? = nil, filter: AgeFilter = AgeFilter(), rules: RecordRules = RecordRules()) {
        self.submittedBy = submittedBy
        self.filter = filter
        self.rules = rules
    }
}

/// A valid record that arrived on its own.
public struct SingleSubmission: Sendable {
    public var fields: RecordFields
    public var origin: SubmissionOrigin
    public var claim: KeyClaim?
    /// Whether somebody is going to wait for the outcome.
    public var awaitsOutcome: Bool
    /// The trace that the client's request belongs to.
    public var trace: String?

    public init(
        _ fields: RecordFields, from origin: SubmissionOrigin = SubmissionOrigin(), claim: KeyClaim? = nil,
        awaitsOutcome: Bool = true, trace: String? = nil
    ) {
        self.fields = fields
        self.origin = origin
        self.claim = claim
        self.awaitsOutcome = awaitsOutcome
        self.trace = trace
    }
}

/// How a single submission stands.
public enum SubmissionOutcome: Hashable, Sendable {
    case sent
    /// Accepted and durable, no answer yet.
    case pending
    /// Refused by the API, or out of attempts; with what the API answered last.
    case failed(String)
}

/// An accepted single submission.
public struct SubmissionReceipt: Sendable {
    public let run: RunID
    private let ticket: SubmissionTicket?

    /// - Parameter ticket: `nil` when nobody is told of the outcome.
    public init(run: RunID, ticket: SubmissionTicket?) {
        self.run = run
        self.ticket = ticket
    }

    /// Waits for the outcome, or until `stopWaiting` is called. One task at a time may wait.
    public func outcome() async -> SubmissionOutcome { await ticket?.outcome() ?? .pending }

    /// Ends the wait for the outcome with `.pending`.
    public func stopWaiting() { ticket?.settle(.pending) }
}
