#if PostgreSQL
public import CustomerRecords
public import DeliveryModel
public import DeliveryStore

/// Lists of what was delivered lie in files of one state directory, so nodes can't share them yet: a run that needs one is
/// refused plainly.
extension PostgresJournal {
    private static let unavailable = DeliveryError(
        .configuration,
        "Lists of delivered records (--only-new) need the state directory's own journal: nodes of a shared one have none. "
            + "Run without --only-new, or without --journal.")

    public func deliveryList(
        _ name: String, for api: String?, begunBy owner: RunOwner?
    ) async throws(DeliveryError) -> DeliveryList? { throw Self.unavailable }

    public func delivered(_ keys: [DeliveryKey], in list: Int64) async throws(DeliveryError) -> [Bool] {
        throw Self.unavailable
    }

    public func compactDelivered(in list: Int64) async throws(DeliveryError) {}

    public func deliveryLists() async throws(DeliveryError) -> [DeliveryListSummary] { [] }

    public func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int? { nil }
}
#endif
