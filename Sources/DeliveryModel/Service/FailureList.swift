/// The records that were not delivered, page by page.
public protocol FailureList: Sendable {
    /// The records that follow one in the query's order, also when that one was delivered in the meantime.
    /// - Parameter record: `nil` begins.
    func failures(
        _ query: FailureQuery, after record: Int64?, limit: Int
    ) async throws(DeliveryError) -> [FailedRecord]
    /// How many records the query selects.
    func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int
}

/// As a list that is scrolled needs them.
public protocol FailureBrowser: FailureList {
    /// The records from `offset` on in the query's order, `limit` at most.
    func failures(_ query: FailureQuery, offset: Int, limit: Int) async throws(DeliveryError) -> [FailedRecord]
    /// Records by their ids, in the order of these; also those that were delivered in the meantime.
    func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord]
    /// The ids of everything that the query selects, in its order.
    func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64]
    /// How many records a query selects, by what they have in common.
    func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets
}
