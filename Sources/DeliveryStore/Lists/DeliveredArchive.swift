public import CustomerRecords
public import DeliveryModel

/// Lists of what was delivered, under names that operators choose: what a run with `onlyNew` leaves out.
///
/// A record enters its list by `JournalOperation.deliver`, in the commit of its acknowledgement: so it stands there when
/// the acknowledgement is durable, and never before.
public protocol DeliveredArchive: Sendable {
    /// - Parameter owner: who begins a run with the list, which is created if it is not there: what interrupted runs of
    ///   others with it had under way is counted as in doubt, since the new run may send it again. `nil` only looks.
    func deliveryList(
        _ name: String, for api: String?, begunBy owner: RunOwner?
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
