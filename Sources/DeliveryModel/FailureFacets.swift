public import CustomerRecords

/// How many records a query selects, by what they have in common. Each part leaves its own filter of the query aside, so
/// that it says what another choice would give.
public struct FailureFacets: Hashable, Codable, Sendable {
    public var kinds: [FailedRecord.Kind: Int]
    public var reasons: [ReasonCode: Int]
    public var statuses: [String: Int]
    public var runs: [RunID: Int]

    public init(
        kinds: [FailedRecord.Kind: Int] = [:], reasons: [ReasonCode: Int] = [:], statuses: [String: Int] = [:],
        runs: [RunID: Int] = [:]
    ) {
        self.kinds = kinds
        self.reasons = reasons
        self.statuses = statuses
        self.runs = runs
    }
}
