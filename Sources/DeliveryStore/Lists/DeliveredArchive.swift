public import CustomerRecords
public import DeliveryModel

/// Lists of what was delivered, under names that operators choose: what a run with `onlyNew` leaves out.
///
/// A record enters its list by `JournalOperation.deliver`, in the commit of its acknowledgement: so it stands there when
/// the acknowledgement is durable, and never before.
public protocol DeliveredArchive: Sendable {
    /// - Parameter isCreated: whether a list that is not there is begun; else it is `nil`.
    func deliveryList(
        _ name: String, for api: String?, isCreated: Bool
    ) async throws(DeliveryError) -> DeliveryList?

    /// Which of these keys stand in a list.
    /// - Parameter keys: in ascending order, each once or more.
    func delivered(_ keys: [DeliveryKey], in list: Int64) async throws(DeliveryError) -> [Bool]

    /// Brings what was delivered lately to where it takes little room and is found fast. Nothing depends on when.
    func compactDelivered(in list: Int64) async throws(DeliveryError)

    /// By name and address.
    func deliveryLists() async throws(DeliveryError) -> [DeliveryListSummary]

    /// Forgets a list, for all addresses.
    /// - Returns: how many records were in it; `nil` when there is none.
    func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int?
}
